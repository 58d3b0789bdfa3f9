"""What machines tested: JUnit XML, Cucumber JSON and Cucumber messages into plain cases, and cases to scenarios.

``reading.read_results`` is the way in for a file from outside, ``matching.match_results`` says which acceptance scenario and
example row each case is about. Pure: no database, no web.
"""
