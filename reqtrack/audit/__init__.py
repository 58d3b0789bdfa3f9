"""The record of what happened: one chain of events per project, one for the site, and the access log."""
