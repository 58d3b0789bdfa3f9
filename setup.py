"""The list of packages, which setup.cfg cannot say: the top-level folders travel inside the package."""

from setuptools import find_packages, setup

FOLDERS = ("templates", "static", "exports")

setup(
    packages=[*find_packages(include=["reqtrack", "reqtrack.*"]), *(f"reqtrack.{folder}" for folder in FOLDERS)],
    package_dir={"reqtrack": "reqtrack", **{f"reqtrack.{folder}": folder for folder in FOLDERS}},
)
