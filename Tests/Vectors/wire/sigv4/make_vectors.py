"""Makes the signature vectors in this folder with botocore as the oracle, without any network.

    python3 make_vectors.py            # rewrites botocore.json and bodies.json beside it

The requests are those that boto3 itself would send: they are caught just before sending. Run it again
when botocore changes what it signs; the tests read only the files.
"""

import base64
import datetime
import hashlib
import io
import json
import pathlib
from urllib.parse import urlsplit

import boto3
import botocore
import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

KEY, SECRET, TOKEN = "ASIAEXAMPLEKEY000001", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "FwoGZXIvYXdzEXAMPLE/token+with=signs=="
REGION = "eu-west-1"
NOW = datetime.datetime(2026, 3, 1, 12, 30, 45, tzinfo=datetime.timezone.utc)
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW

KEYS = [
    "plain.csv", "folder/with space.csv", "ünï/cødé/日本語.txt", "plus+sign.txt", "tilde~.txt", "a%2Fb.txt",
    "per%cent", "question?mark", "hash#mark", "amp&equals=", "semi;colon:at@dollar$", "comma,bang!star*quote'()",
    "double//slash", "dot/./segment", "up/../level", "/leading", "trailing/", "tab\tkey", "line\nkey", "del\x7fkey",
    "\u00e9-composed", "e\u0301-decomposed", "emoji-\U0001F600", "back\\slash", "brackets[]{}", "caret^pipe|`\"<>",
    "%", "+", " ", "~", "a" * 300,
]


def catch(client, call):
    """The request that `call` would send."""
    caught = {}

    def before_send(request, **_):
        caught["request"] = request
        return AWSResponse(request.url, 200, {}, io.BytesIO(b""))

    client.meta.events.register("before-send", before_send)
    try:
        call(client)
    except Exception:  # the empty answer may not parse; the request is what counts
        pass
    client.meta.events.unregister("before-send", before_send)
    return caught["request"]


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def vector(name, request, service, token, body_hash=None):
    url = urlsplit(request.url)
    headers = [["Host", url.netloc]] if "host" not in {k.lower() for k in request.headers} else []
    # Neither is signed; one names the machine, the other is random.
    headers += [
        [k, text(v)] for k, v in request.headers.items() if k.lower() not in ("user-agent", "amz-sdk-invocation-id")]
    target = (url.path or "/") + ("?" + url.query if url.query else "")
    found = {
        "name": name, "method": request.method, "target": target, "headers": headers, "service": service,
        "accessKey": KEY, "secret": SECRET, "region": REGION, "now": int(NOW.timestamp()),
    }
    if token:
        found["token"] = token
    if body_hash:
        found["bodyHash"] = body_hash
    return found


def client(service, token=None, **config):
    return boto3.client(
        service, region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET, aws_session_token=token,
        config=Config(retries={"max_attempts": 0}, **config))


def boto3_calls():
    path = client("s3", TOKEN, s3={"addressing_style": "path"})
    host = client("s3", s3={"addressing_style": "virtual"}, signature_version="s3v4")
    path_v4 = client("s3", TOKEN, s3={"addressing_style": "path"}, signature_version="s3v4")
    for key in KEYS:
        yield "get " + repr(key), catch(path, lambda c: c.get_object(Bucket="data-bucket", Key=key)), "s3", TOKEN
        yield "head " + repr(key), catch(host, lambda c: c.head_object(Bucket="data-bucket", Key=key)), "s3", None
        url = host.generate_presigned_url("get_object", Params={"Bucket": "data-bucket", "Key": key}, ExpiresIn=900)
        yield "presigned get " + repr(key), AWSRequest("GET", url).prepare(), "s3", None
    for prefix in ["", "a b", "ü/", "x+y", "100%", "a=b&c", "~"]:
        yield "list v2 " + repr(prefix), catch(path, lambda c: c.list_objects_v2(
            Bucket="data-bucket", Prefix=prefix, Delimiter="/", StartAfter="k/é +", MaxKeys=7)), "s3", TOKEN
        yield "list v1 " + repr(prefix), catch(host, lambda c: c.list_objects(
            Bucket="data-bucket", Prefix=prefix, Marker="m+ %")), "s3", None
    yield "list versions", catch(host, lambda c: c.list_object_versions(Bucket="data-bucket", KeyMarker="k v")), "s3", None
    yield "list buckets", catch(path, lambda c: c.list_buckets()), "s3", TOKEN
    yield "range", catch(path, lambda c: c.get_object(Bucket="data-bucket", Key="k", Range="bytes=0-9")), "s3", TOKEN
    yield "copy", catch(path, lambda c: c.copy_object(
        Bucket="data-bucket", Key="to é", CopySource={"Bucket": "other-bucket", "Key": "from é+ %"})), "s3", TOKEN
    yield "metadata", catch(path, lambda c: c.put_object(
        Bucket="data-bucket", Key="k", Body=b"hello", Metadata={"a": "two  spaces   inside", "b": "tail"})), "s3", TOKEN
    yield "delete objects", catch(path, lambda c: c.delete_objects(
        Bucket="data-bucket", Delete={"Objects": [{"Key": "a&b<c>"}]})), "s3", TOKEN
    yield "create upload", catch(host, lambda c: c.create_multipart_upload(Bucket="data-bucket", Key="m")), "s3", None
    yield "upload part", catch(host, lambda c: c.upload_part(
        Bucket="data-bucket", Key="m", UploadId="u+/=", PartNumber=3, Body=b"x" * 100)), "s3", None
    for method in ["put_object", "delete_object"]:
        url = path_v4.generate_presigned_url(method, Params={"Bucket": "data-bucket", "Key": "p q"}, ExpiresIn=604800)
        yield "presigned " + method, AWSRequest({"p": "PUT", "d": "DELETE"}[method[0]], url).prepare(), "s3", TOKEN


def raw_calls():
    """What a client may send and boto3 does not."""
    credentials = Credentials(KEY, SECRET)
    base = "https://s3.eu-west-1.amazonaws.com"

    def signed(signer, name, url, headers=(), method="GET", data=b"", service="s3"):
        request = AWSRequest(method, base + url, data=data)
        for field, value in headers:
            request.headers.add_header(field, value)
        signer(credentials, service, REGION).add_auth(request)
        return name, request, service, None

    yield signed(S3SigV4Auth, "header with many spaces", "/b/k", [("x-amz-meta-a", "  a   b \t c  ")])
    yield signed(S3SigV4Auth, "empty header", "/b/k", [("x-amz-meta-empty", "")])
    yield signed(S3SigV4Auth, "repeated header", "/b/k", [("x-amz-meta-r", "one"), ("x-amz-meta-r", "  two  2")])
    yield signed(S3SigV4Auth, "mixed case names", "/b/k", [("X-AMZ-Meta-CamelCase", "Value")])
    yield signed(S3SigV4Auth, "quoted spaces", "/b/k", [("x-amz-meta-q", '"a  b"')])
    yield signed(S3SigV4Auth, "date header", "/b/k", [("Date", "Thu, 01 Jan 1970 00:00:00 GMT")])
    yield signed(S3SigV4Auth, "empty query value", "/b/k?acl=")
    yield signed(S3SigV4Auth, "query without value", "/b/k?acl")
    yield signed(S3SigV4Auth, "repeated parameters", "/b?x=2&x=1&x=&x=10&a=1&x=%20")
    yield signed(S3SigV4Auth, "names that are prefixes", "/b?a-b=1&a=2&a.b=3&aa=4&A=5")
    yield signed(S3SigV4Auth, "encoded parameters", "/b?prefix=%C3%A9%2F&%7Bk%7D=%3D%26&z=~._-")
    yield signed(S3SigV4Auth, "upload body", "/b/k", method="PUT", data=b"body")
    yield signed(S3SigV4QueryAuth, "presigned with token-like query", "/b/k%20k?response-content-type=text%2Fplain")
    yield signed(S3SigV4QueryAuth, "presigned with signed header", "/b/k", [("x-amz-meta-s", "1"), ("Range", "bytes=0-1")])


def vectors():
    for name, request, service, token in list(boto3_calls()) + list(raw_calls()):
        yield vector(name, request, service, token)
    # Other services: the body's hash is not in a header, and the path is encoded twice.
    sts = client("sts", TOKEN)
    for name, call in [
        ("sts identity", lambda c: c.get_caller_identity()),
        ("sts assume role", lambda c: c.assume_role(
            RoleArn="arn:aws:iam::111122223333:role/a b", RoleSessionName="s@é", Tags=[{"Key": "k", "Value": "v +"}])),
    ]:
        request = catch(sts, call)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        yield vector(name, request, "sts", TOKEN, hashlib.sha256(body).hexdigest())
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    yield vector("sts presigned", AWSRequest("GET", url).prepare(), "sts", TOKEN, hashlib.sha256(b"").hexdigest())
    for path in ["/a%20b/c", "/a/./b/../c//d/", "/..", "//", "/a%2Fb", "/a%C3%A9~+"]:
        request = AWSRequest("POST", "https://api.eu-west-1.amazonaws.com" + path, data=b"{}")
        SigV4Auth(Credentials(KEY, SECRET), "api", REGION).add_auth(request)
        yield vector("other service " + path, request, "api", None, hashlib.sha256(b"{}").hexdigest())


def bodies():
    """Uploads with the bytes of their bodies, in every mode that boto3 uses."""
    content = bytes(range(256)) * 300

    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        for size in [0, 1, 9000]:
            data = content[:size]
            for mode, url in [("trailer", None), ("signed", "http://s3.eu-west-1.amazonaws.com")]:
                c = boto3.client(
                    "s3", region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET, endpoint_url=url,
                    config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))
                request = catch(c, lambda c: c.put_object(
                    Bucket="data-bucket", Key="k", Body=io.BytesIO(data), ChecksumAlgorithm=algorithm))
                body = request.body.read() if hasattr(request.body, "read") else request.body
                found = vector(f"{mode} {algorithm} {size}", request, "s3", None)
                found["body"] = base64.b64encode(body).decode()
                found["content"] = base64.b64encode(data).decode() if size < 100 else None
                found["contentMD5"] = hashlib.md5(data).hexdigest()
                yield found


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    for name, found in [("botocore.json", list(vectors())), ("bodies.json", list(bodies()))]:
        document = {"botocore": botocore.__version__, "vectors": found}
        (here / name).write_text(json.dumps(document, indent=1, ensure_ascii=True) + "\n")
        print(name, len(found))
