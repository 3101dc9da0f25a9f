// Verifies a sigstore bundle that was signed with a plain key, by npm's packages.
//
// usage: node verify.cjs BUNDLE.json PUBLIC_KEY.pem      with the packages on NODE_PATH
//
// Prints the SHA-256 of the verified payload. Exit code 0: accepted. 3: refused, with the reason on
// stderr. Anything else: a fault of the script.
"use strict";

const { createHash, createPublicKey } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { bundleFromJSON } = require("@sigstore/bundle");
const { VerificationError, Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");

function main(bundlePath, keyPath) {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, "utf8")));
  const rawBytes = createPublicKey(readFileSync(keyPath)).export({ type: "spki", format: "der" });
  // The trusted key counts for whatever hint a bundle bears: it is the only one.
  const key = () => ({ publicKey: createPublicKey({ key: rawBytes, format: "der", type: "spki" }),
                       validFor: () => true });
  const root = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const thresholds = { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0 };
  const verifier = new Verifier(toTrustMaterial(root, key), thresholds);
  try {
    verifier.verify(toSignedEntity(bundle));
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    console.error(error.message);
    process.exit(3);
  }
  console.log(createHash("sha256").update(bundle.content.dsseEnvelope.payload).digest("hex"));
}

main(...process.argv.slice(2));
