"""PUTs and GETs small objects on one connection with SigV4, in Debian's Python alone.

    s3_client.py https://HOST[:PORT] BUCKET COUNT

Says `ready` before each part, begins when it reads a line, and says `done`. Credentials come from where an SDK looks:
the container endpoint, else the environment.
"""
import datetime
import hashlib
import hmac
import http.client
import json
import os
import sys
import urllib.parse
import urllib.request


def credentials():
    url = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        return os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    found = json.load(opener.open(url))
    return found["AccessKeyId"], found["SecretAccessKey"], found["Token"]


class Bucket:
    def __init__(self, endpoint, name):
        where = urllib.parse.urlsplit(endpoint)
        self.host, self.name = where.netloc, name
        self.connection = http.client.HTTPSConnection(where.hostname, where.port or 443)
        self.key, self.secret, self.token = credentials()
        self.region = os.environ["AWS_REGION"]

    def call(self, verb, key, body=b""):
        path = "/" + "/".join(part for part in (self.name, key) if part)
        self.connection.request(verb, path, body, self.signed(verb, path, body))
        reply = self.connection.getresponse()
        content = reply.read()
        return reply.status, content

    def signed(self, verb, path, body):
        now = datetime.datetime.now(datetime.timezone.utc)
        day, stamp = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": self.host, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "x-amz-date": stamp}
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = f"{verb}\n{path}\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
        scope = f"{day}/{self.region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signing = f"AWS4{self.secret}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            signing = hmac.digest(signing, part.encode(), "sha256")
        signature = hmac.new(signing, text.encode(), "sha256").hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders={names}, Signature={signature}")
        return headers


def part(bucket, count, verb, body):
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        status, content = bucket.call(verb, f"bench/{number}", body if verb == "PUT" else b"")
        if status != 200 or (verb == "GET" and content != body):
            sys.exit(f"{verb} {number}: {status} {content[:300]!r}")
    print("done", flush=True)


def main():
    bucket = Bucket(sys.argv[1], sys.argv[2])
    count, body = int(sys.argv[3]), os.urandom(4096)
    if not bucket.token:
        bucket.call("PUT", "")  # a peer begins without buckets
    part(bucket, count, "PUT", body)
    part(bucket, count, "GET", body)


main()
