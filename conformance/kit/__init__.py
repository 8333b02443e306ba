"""What the conformance tests stand on: the target, the recorder, qq as a process, requests on the wire."""
