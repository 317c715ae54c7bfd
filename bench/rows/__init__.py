"""The rows of the benchmark table, in its order."""
from . import dns, ledger, memory, mutants, policy, portal, prove, s3, signature, start, synth, up

ROWS = {
    "policy": policy.rows,
    "start": start.rows,
    "up": up.rows,
    "dns": dns.rows,
    "memory": memory.rows,
    "signature": signature.rows,
    "ledger": ledger.rows,
    "s3": s3.rows,
    "proof-questions": prove.questions,
    "prove-90": prove.whole,
    "synth": synth.rows,
    "prove-synth": prove.synthesised,
    "mutants": mutants.rows,
    "prove-5000": prove.growth,
    "portal": portal.rows,
}
