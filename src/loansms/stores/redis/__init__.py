"""How codes are kept on Redis: the scripts of the verbs, and what is said to and answered by them."""
