"""The servers of the local cloud, and how they are started, guarded and stopped."""
