"""Evidence: what happened to every message, sealed so that a change, a gap or a cut tail is found and named."""

from loansms.evidence.canonical import entry_bytes, read_entry, read_record, record_bytes
from loansms.evidence.checkpoint import checkpoint_text, read_checkpoint, seal_digest
from loansms.evidence.export import export_loan
from loansms.evidence.export_check import keys_of, verify_export
from loansms.evidence.finding import Finding, FindingCode, Verdict
from loansms.evidence.keys import (
    Ed25519Signer,
    Ed25519Verifier,
    Signer,
    StampCheck,
    TimeStamper,
    Verifier,
    key_id,
)
from loansms.evidence.sealing import seal_batch, stamped
from loansms.evidence.served import Served, ServedFile, served, verify_files
from loansms.evidence.verify import verify

__all__ = [
    "Ed25519Signer",
    "Ed25519Verifier",
    "Finding",
    "FindingCode",
    "Served",
    "ServedFile",
    "Signer",
    "StampCheck",
    "TimeStamper",
    "Verdict",
    "Verifier",
    "checkpoint_text",
    "entry_bytes",
    "export_loan",
    "key_id",
    "keys_of",
    "read_checkpoint",
    "read_entry",
    "read_record",
    "record_bytes",
    "seal_batch",
    "seal_digest",
    "served",
    "stamped",
    "verify",
    "verify_export",
    "verify_files",
]
