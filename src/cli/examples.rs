//! What the help of each command says at its end.

pub(super) const EXIT_CODES: &str = "\
Exit codes:
   0  passed, or passed with warnings
   1  a gate failed
   2  the command line or the policy is invalid
   3  inconclusive: too little evidence to tell
   4  evidence was refused
   5  data or storage cannot be read or written
  70  internal error";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  driftgate check --policy policy.yaml --reference data/2026-w46 --candidate data/2026-w47
  driftgate check --policy policy.yaml --reference ref.profile --candidate 'new/*.parquet' \\
      --key ci.pem --out report --format markdown

The verdict is the exit code: 0 opens the door, 1 and 3 do not. The folder gets
report.dsse.json (for any number of signatures), report.sigstore.json (for cosign),
report.details.json and snapshot.manifest, all or none.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  driftgate verify driftgate-report --key ci.pub.pem
  driftgate verify report/report.dsse.json --key ci.pub.pem --snapshot data/2026-w47 \\
      --policy policy.yaml
  driftgate verify report --key alice.pub.pem --key bob.pub.pem --threshold 2 --format json
  driftgate verify report --keyring keyring.yaml --role gate-runner --env prod --request 7f3a91

Nothing in the report is taken on its word: the signature, the statement and its subject, every
decision from its numbers and the numbers from the signed counts, the end of validity; with the
policy, the data and the details, that they are those of the report. Refused evidence ends with
code 4 and a stable name such as E_SUBJECT; good evidence with the code of its verdict.";

pub(super) const KEYRING_LINT_EXAMPLES: &str = "\
Example:
  driftgate keyring lint keyring.yaml

A keyring says whose signatures count: identities, each with its keys, its roles, the environments
it may sign for, and when its keys are valid or revoked. Code 2 for faults, all told at once.";

pub(super) const KEY_GENERATE_EXAMPLES: &str = "\
Examples:
  driftgate key generate --out ci.pem
  driftgate key generate --out release.pem --kind ed25519 --password-file password";

pub(super) const KEY_IMPORT_EXAMPLES: &str = "\
Examples:
  driftgate key import old-ec.pem --out ci.pem
  DRIFTGATE_KEY_PASSWORD=… driftgate key import locked.pem --out ci.pem

Other kinds of keys (RSA, other curves) are refused: make a new one.";

pub(super) const KEY_ROTATE_EXAMPLES: &str = "\
Examples:
  driftgate key rotate ci.pub.pem --out ci-2027.pem
  driftgate key rotate ci.pub.pem --out ci-2027.pem --overlap 2w --valid-for 26w

Put the two entries that it prints in the place of the old key's entry in the keyring: from now
on the new key counts, and for the overlap the old one still does. A key that was lost is not
rotated but revoked: write `revoked_at` into its entry.";

pub(super) const KEY_SHOW_EXAMPLES: &str = "\
Examples:
  driftgate key show ci.pub.pem
  driftgate key show ci.pem --json";

pub(super) const LINT_EXAMPLES: &str = "\
Examples:
  driftgate policy lint policy.yaml

Every fault is told at once with its line and column; a policy with faults ends with code 2,
one with remarks alone with 0.";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  driftgate policy diff policy.yaml proposed.yaml
  git show main:policy.yaml > before.yaml && driftgate policy diff before.yaml policy.yaml";

pub(super) const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  driftgate snapshot data/2026-w47
  driftgate snapshot data/2026-w47 --manifest snapshot.manifest
  (cd data/2026-w47 && sha256sum -c ../../snapshot.manifest)";

pub(super) const PROFILE_EXAMPLES: &str = "\
Examples:
  driftgate profile data/2026-w46
  driftgate profile data/2026-w46 -o w46.profile
  driftgate profile data/2026-w46 --policy policy.yaml -o w46.profile
  driftgate profile --root data data/year=2026 -o y2026.profile
  driftgate profile merge y*.profile -o whole.profile";

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  driftgate init --reference data/2026-w46 > policy.yaml
  driftgate init --reference data/2026-w46 --candidate data/2026-w47 --out policy.yaml";

pub(super) const SIMULATE_EXAMPLES: &str = "\
Examples:
  driftgate simulate data/2026-w46 --out drifted --shift age=+0.5sd --null income=5%
  driftgate simulate data/2026-w46 --out drifted --drop-category country=NO --seed 7";

pub(super) const REGISTRY_EXAMPLES: &str = "\
Example:
  driftgate registry init --keyring keyring.yaml --policy policy.yaml --key owner.pem

The folder holds signed events, each of which names the one before it, and the evidence they rest
on under its digest. Copy it, commit it, keep it in a bucket: it is plain files.";

pub(super) const AUDIT_EXAMPLES: &str = "\
Examples:
  driftgate audit
  driftgate audit --keyring keyring.yaml --pin audit.pin.json
  driftgate audit --require-head 42:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

Every event, signature and object is looked at and all faults are told, the first bad event by its
number. That the end was cut off, or all of it written anew, only a keyring and a pin kept elsewhere
can show. Code 4 when anything is wrong.";

pub(super) const LEDGER_EXPORT_EXAMPLES: &str = "\
Example:
  driftgate ledger export --out ledger.intoto.jsonl

The order of the lines does not matter: each event says its number and the one before it.";

pub(super) const HISTORY_EXAMPLES: &str = "\
Examples:
  driftgate history --model fraud
  driftgate history --at 2026-11-01T00:00:00Z";

pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  driftgate status
  driftgate status --model fraud --format json";

pub(super) const LINEAGE_EXAMPLES: &str = "\
Examples:
  driftgate lineage fraud@v12
  driftgate lineage fraud@v12 --format mermaid >> README.md
  driftgate lineage fraud@v12 --format dot | dot -Tsvg -o lineage.svg
  driftgate lineage fraud@v12 --format openlineage";

pub(super) const HOLD_EXAMPLES: &str = "\
Examples:
  driftgate hold place --model fraud --env prod --role owner --comment 'labels are late' \\
      --key owner.pem
  driftgate hold release --model fraud --env prod --version v13 --role owner \\
      --comment 'fixed in v14' --key owner.pem";
pub(super) const ENV_CAPTURE_EXAMPLES: &str = "\
Examples:
  driftgate env capture --out env/prod.json --python venv --lock requirements.txt --var REGION
  driftgate env capture --lock Cargo.lock --secret DB_PASSWORD --secret-key env.key \\
      --image-var IMAGE_DIGEST --out env/prod.json

No name of a host, a user or a folder is written down, and no variable that was not asked for. What
cannot be found out stands below `unknown`, each with its reason.";

pub(super) const ENV_DIFF_EXAMPLES: &str = "\
Examples:
  driftgate env diff env/staging.json env/prod.json --ignore cpu.model --ignore variables.HOST
  driftgate env diff config/staging config/prod --ignore 'server.*.port' --ignore 'local.env:'
  driftgate env diff old/requirements.txt requirements.txt --format json

Folders are compared file by file: YAML, JSON, TOML, .env, requirements and lock files by their
values, other files by their digests. Code 0 when all is the same, 1 for a difference, 3 when
something is unknown on one side. Values that look like a secret are never shown.";

pub(super) const PASSPORT_EXAMPLES: &str = "\
Example:
  driftgate passport new fraud@v12 --artifact model/ --commit $(git rev-parse HEAD) \\
    --data training=data/2026-w47 --data predictions=eval/v12/predictions.parquet \\
    --config train.yaml --key ci.pem
  driftgate passport add fraud@v12 --report driftgate-report --key ci.pem

A passport never changes: what is made of other parts is another version.";

pub(super) const DOOR_EXAMPLES: &str = "\
Example:
  driftgate door staging --model fraud@v12

Code 0 when every demand is met, 1 when one is not. A gate that was never run is a closed door.";

pub(super) const REQUEST_EXAMPLES: &str = "\
Example:
  driftgate request --model fraud@v12 --to prod --key me.pem

What is asked is frozen: files, reports, policy, what runs now. Any change voids its approvals.";

pub(super) const APPROVE_EXAMPLES: &str = "\
Examples:
  driftgate approve 3f9c2a17 --role ml-lead --comment 'the drift is the new season' --key me.pem
  driftgate reject 3f9c2a17 --role compliance --comment 'no fairness report' --key me.pem

Who asked, or signed a report it rests on, does not count unless the policy says so: the command refuses
them, and names those who may.";

pub(super) const PROMOTE_EXAMPLES: &str = "\
Example:
  driftgate promote 3f9c2a17 --key release.pem

Everything is looked at again: files, reports, numbers, approvals, what runs. Of several who promote
one wins, and the others are told who.";

pub(super) const RECONCILE_EXAMPLES: &str = "\
Examples:
  driftgate reconcile --key release.pem
  driftgate reconcile --check

The ledger is the truth: what failed outside is done, and an MLflow alias or tag that no longer says
what the ledger says is put right; each is told with what was expected and found. With --check nothing
is changed, and the exit code is 1 when something would be, 5 when a server cannot be asked.";

pub(super) const ROLLBACK_EXAMPLES: &str = "\
Examples:
  driftgate rollback --model fraud --env prod --reason 'chargebacks doubled' --key oncall.pem
  driftgate rollback --model fraud --env prod --drill --reason 'monthly drill' --key oncall.pem

The version that ran is held: it does not run there again until somebody releases the hold.";

pub(super) const REVOKE_EXAMPLES: &str = "\
Example:
  driftgate revoke fraud@v12 --role ml-lead --comment 'trained on wrong labels' --key me.pem

There is no way to unmake it: what is mended is another version. A revocation moves nothing: where
the version runs it runs on until people roll back or promote another, and the command says where.";
