"""Makes one change of each kind in a copy of the project, and compares the files it touches with README.md."""
