"""Stub extensions for PostgreSQL 18, where the binaries lack an extension that schemas use.

`extension_control_path` names a folder of these. The functions have the real signatures and
volatility and compute nothing of the kind: a result that rests on them says "verified with stubs".
"""

from collections.abc import Mapping
from pathlib import Path

_DIGESTS = "STRICT IMMUTABLE PARALLEL SAFE"
_PGCRYPTO = (
    ("digest(text, text)", "bytea", _DIGESTS),
    ("digest(bytea, text)", "bytea", _DIGESTS),
    ("hmac(text, text, text)", "bytea", _DIGESTS),
    ("hmac(bytea, bytea, text)", "bytea", _DIGESTS),
    ("crypt(text, text)", "text", _DIGESTS),
    ("gen_salt(text)", "text", "STRICT VOLATILE"),
    ("gen_salt(text, integer)", "text", "STRICT VOLATILE"),
    ("gen_random_bytes(integer)", "bytea", "STRICT VOLATILE"),
    ("encrypt(bytea, bytea, text)", "bytea", _DIGESTS),
    ("decrypt(bytea, bytea, text)", "bytea", _DIGESTS),
    ("encrypt_iv(bytea, bytea, bytea, text)", "bytea", _DIGESTS),
    ("decrypt_iv(bytea, bytea, bytea, text)", "bytea", _DIGESTS),
    ("pgp_sym_encrypt(text, text)", "bytea", "STRICT VOLATILE"),
    ("pgp_sym_encrypt(text, text, text)", "bytea", "STRICT VOLATILE"),
    ("pgp_sym_decrypt(bytea, text)", "text", _DIGESTS),
    ("pgp_sym_decrypt(bytea, text, text)", "text", _DIGESTS),
    ("pgp_pub_encrypt(text, bytea)", "bytea", "STRICT VOLATILE"),
    ("pgp_pub_decrypt(bytea, bytea)", "text", _DIGESTS),
    ("pgp_pub_decrypt(bytea, bytea, text)", "text", _DIGESTS),
    ("armor(bytea)", "text", _DIGESTS),
    ("dearmor(text)", "bytea", _DIGESTS),
)
_UUID_OSSP = (
    ("uuid_nil()", "uuid", _DIGESTS),
    ("uuid_ns_dns()", "uuid", _DIGESTS),
    ("uuid_ns_url()", "uuid", _DIGESTS),
    ("uuid_ns_oid()", "uuid", _DIGESTS),
    ("uuid_ns_x500()", "uuid", _DIGESTS),
    ("uuid_generate_v3(namespace uuid, name text)", "uuid", _DIGESTS),
    ("uuid_generate_v5(namespace uuid, name text)", "uuid", _DIGESTS),
)
_RANDOM_UUIDS = ("uuid_generate_v1()", "uuid_generate_v1mc()", "uuid_generate_v4()")


def _function(signature: str, returns: str, how: str, body: str | None = None) -> str:
    returned = body or f"NULL::{returns}"
    return f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {how} RETURN {returned};\n"


_SCRIPTS: Mapping[str, str] = {
    "pgcrypto": "".join(_function(*one) for one in _PGCRYPTO)
    # an alias of the server's own function since 13, kept where the extension makes it
    + _function("gen_random_uuid()", "uuid", "VOLATILE", "pg_catalog.gen_random_uuid()"),
    "uuid-ossp": "".join(_function(*one) for one in _UUID_OSSP)
    + "".join(
        _function(signature, "uuid", "VOLATILE", "pg_catalog.gen_random_uuid()")
        for signature in _RANDOM_UUIDS
    ),
    "pg_repack": "",
    "pgaudit": "",
    "sslinfo": "",
}
_VERSIONS: Mapping[str, str] = {"pgcrypto": "1.4", "uuid-ossp": "1.1"}


def write_stubs(folder: Path, bin_folder: Path, major: int) -> frozenset[str]:
    """Writes stubs of the extensions that the binaries lack; their names."""
    shared = (bin_folder.parent / "share", Path(f"/usr/share/postgresql/{major}"))
    present = {path.stem for root in shared for path in root.glob("**/extension/*.control")}
    target = folder / "extension"
    target.mkdir(parents=True)
    missing = frozenset(_SCRIPTS.keys() - present)
    for name in missing:
        version = _VERSIONS.get(name, "1.0")
        control = f"default_version = '{version}'\nrelocatable = true\ntrusted = true\n"
        (target / f"{name}.control").write_text(control)
        (target / f"{name}--{version}.sql").write_text(_SCRIPTS[name])
    for path in (folder, target, *target.iterdir()):
        path.chmod(0o755)  # the server may run as another account
    return missing
