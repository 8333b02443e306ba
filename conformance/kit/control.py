"""The emulator's control API: what SMB and NFS clients would do, and the clock."""
