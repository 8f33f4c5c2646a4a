"""A stand-in for Azure Resource Manager, on the loopback, for tests and for `make live-demo`.

It answers from a snapshot, over TLS with a certificate made when it starts, and signs in as the managed
identity endpoint of App Service does.  Faults can be put on any path.
"""
