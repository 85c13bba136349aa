"""The service as a process, between clients and an upstream that both misbehave; an auditor compares told and done."""
