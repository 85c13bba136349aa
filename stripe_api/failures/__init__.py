"""Failed calls: error responses, the reasons of failures, and what of them may be logged."""
