"""What borrowers write: read in its context, recorded, answered, handed to a person."""
