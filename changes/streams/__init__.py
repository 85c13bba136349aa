"""The stream of changes, in one process or shared by replicas, which passes each change to its subscribers."""
