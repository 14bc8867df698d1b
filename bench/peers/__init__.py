"""One small file a peer: ``NAME`` and ``run(n, directory) -> Result``, with its own check at the end."""
