"""Fault injection: the service runs between faulty clients and a faulty upstream, and an auditor checks the results."""
