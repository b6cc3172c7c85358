"""What codecs of HTTP gateways are written with: JSON and times from outside, groups of a batch, templates that the gateway keeps."""
