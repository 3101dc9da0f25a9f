"""Verifies a DSSE envelope with securesystemslib, as a stranger would.

usage: verify.py ENVELOPE.json THRESHOLD PUBLIC_KEY.pem...

Prints the SHA-256 of the verified payload and the accepted key ids, a line each.
Exit code 0: accepted. 3: refused, with the reason on stderr. Anything else: a fault of the script.
"""

import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives import serialization
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def trusted_key(path):
    """The key under the id that envelopes name it by: SHA-256 of its SPKI DER."""
    key = serialization.load_pem_public_key(pathlib.Path(path).read_bytes())
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SSlibKey.from_crypto(key, keyid=hashlib.sha256(der).hexdigest())


def main(envelope_path, threshold, *key_paths):
    envelope = Envelope.from_dict(json.loads(pathlib.Path(envelope_path).read_bytes()))
    keys = [trusted_key(path) for path in key_paths]
    try:
        accepted = envelope.verify(keys, int(threshold))
    except VerificationError as refusal:
        print(refusal, file=sys.stderr)
        return 3
    print(hashlib.sha256(envelope.payload).hexdigest())
    for keyid in sorted(accepted):
        print(keyid)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
