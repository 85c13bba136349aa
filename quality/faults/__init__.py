"""Fault injection: the service runs between faulty clients and a faulty upstream. An auditor checks the results."""
