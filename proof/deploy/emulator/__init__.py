"""An AWS emulator on loopback: moto, extended so that deployments can be trusted to tell the truth."""
