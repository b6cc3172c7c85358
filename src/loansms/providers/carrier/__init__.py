"""Lines of carriers: byte protocols without sockets, and the session that carries any of them."""
