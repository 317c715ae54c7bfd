/// A command's text. Its parameters come as environment variables, the same outside and inside.
public struct Script: Sendable, Equatable {
  /// Who reads the text.
  public enum Language: Sendable { case bash, python }

  /// Who reads the text.
  public var language: Language
  /// The text, without the part that all scripts share.
  public var text: String
  /// Whether the S3 client is put in front.
  public var usesS3 = false

  static func bash(_ text: String) -> Script { Script(language: .bash, text: text) }
  static func python(_ text: String) -> Script { Script(language: .python, text: text) }
  static func s3(_ text: String) -> Script { Script(language: .python, text: text, usesS3: true) }

  /// What to execute.
  var command: [String] {
    switch language {
    case .bash: ["/bin/bash", "-c", Preludes.bash + text]
    case .python:
      ["/usr/bin/python3", "-I", "-c", Preludes.python + (usesS3 ? Preludes.s3 : "") + text]
    }
  }

  /// Printed before anything is tried: a command that never ran was not repelled.
  static let ranMarker = "cordon-drill-ran"
  /// Printed by a receiver that waits.
  static let readyMarker = "cordon-drill-ready"
  /// Printed by a control that finds that this machine has no such facility, with the reason.
  static let absentMarker = "cordon-drill-absent "
}

/// What all scripts share.
enum Preludes {
  static let bash = #"""
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    echo cordon-drill-ran
    absent() { echo "cordon-drill-absent $*"; exit 0; }
    gained() { printf '%s\n' "$CANARY"; }
    try() { timeout -k 1 6 "$@" </dev/null; }
    direct() { try curl -sS -k -o /dev/null --noproxy '*' --connect-timeout 3 --max-time 5 "$@"; }
    proxied() { try curl -sS -k -o /dev/null --proxy "$PROXY" --connect-timeout 3 --max-time 5 "$@"; }

    """#

  static let python = #"""
    import os, socket, sys, time
    os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    E = os.environ
    CANARY = E.get("CANARY", "")
    ZONE = E.get("ZONE", "")
    SINK = E.get("SINK", "")
    print("cordon-drill-ran", flush=True)
    socket.setdefaulttimeout(3)

    def absent(why):
        print("cordon-drill-absent", why, flush=True)
        os._exit(0)

    def gained():
        print(CANARY, flush=True)

    def ready():
        print("cordon-drill-ready", flush=True)

    def attempt(work, *arguments, **options):
        try:
            return work(*arguments, **options)
        except Exception as error:
            print(getattr(work, "__name__", "attempt"), error, file=sys.stderr, flush=True)

    def dial(host, port):
        return socket.create_connection((host, port), 3)

    def listen(sock, seconds=0.7):
        sock.settimeout(seconds)
        try:
            return sock.recv(65536)
        except OSError:
            return b""

    def proxy():
        return dial(E["PROXY_HOST"], int(E["PROXY_PORT"]))

    def connect(authority, headers=""):
        sock = proxy()
        sock.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{headers}\r\n".encode("latin-1"))
        return sock, listen(sock, 3)

    def tls(sock, name):
        import ssl
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        sock.settimeout(3)
        return context.wrap_socket(sock, server_hostname=name)

    def question(name, kind=1, klass=1, flags=0x0100, questions=1, extra=b"", additional=0):
        import struct
        labels = b"".join(bytes([len(part)]) + part for part in name.encode().split(b"."))
        head = struct.pack(">HHHHHH", int.from_bytes(os.urandom(2), "big"), flags, questions, 0, 0, additional)
        return head + labels + b"\0" + struct.pack(">HH", kind, klass) + extra

    def ask(packets, server=None, port=53, patience=0.5):
        server = server or E["RESOLVER"]
        sock = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(patience)
        replies = 0
        for packet in packets:
            sock.sendto(packet, (server, port))
            try:
                sock.recv(4096)
                replies += 1
            except OSError:
                pass
        return replies

    """#

  static let s3 = #"""
    import datetime, hashlib, hmac, http.client, json, ssl, urllib.parse, urllib.request
    REGION = E["REGION"]
    S3 = f"s3.{REGION}.amazonaws.com"
    STS = f"sts.{REGION}.amazonaws.com"
    FOREIGN = ("AKIADRILLFOREIGNKEY2", "drillDRILLdrillDRILLdrillDRILLdrillDRILL", None)
    LOOSE = ssl.create_default_context()
    LOOSE.check_hostname = False
    LOOSE.verify_mode = ssl.CERT_NONE

    def own():
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(E["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
        if E.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"):
            request.add_header("Authorization", E["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
        found = json.load(opener.open(request, timeout=5))
        return found["AccessKeyId"], found["SecretAccessKey"], found.get("Token")

    def stolen():
        return E["NEIGHBOUR_KEY"], E["NEIGHBOUR_SECRET"], E.get("NEIGHBOUR_TOKEN") or None

    def signature(secret, scope, text):
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def canonical_query(query):
        pairs = sorted((urllib.parse.quote(k, safe="-_.~"), urllib.parse.quote(v, safe="-_.~")) for k, v in query)
        return "&".join(f"{k}={v}" for k, v in pairs)

    def call(method, host, path="/", query=(), body=b"", headers=None, keys=None, service="s3", port=443):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{REGION}/{service}/aws4_request"
        quoted = urllib.parse.quote(path, safe="/-_.~")
        asked = canonical_query(query)
        headers = {k.lower(): v for k, v in (headers or {}).items()}
        headers["host"] = host
        if keys:
            digest = hashlib.sha256(body).hexdigest()
            headers.update({"x-amz-date": now, "x-amz-content-sha256": digest})
            if keys[2]:
                headers["x-amz-security-token"] = keys[2]
            signed = sorted(headers)
            lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
            text = "\n".join([method, quoted, asked, lines, ";".join(signed), digest])
            text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(text.encode()).hexdigest()])
            headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, "
                                        f"SignedHeaders={';'.join(signed)}, "
                                        f"Signature={signature(keys[1], scope, text)}")
        return send(method, host, quoted + ("?" + asked if asked else ""), body, headers, port)

    def presigned(method, host, path, keys):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        query = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{keys[0]}/{scope}"),
                 ("X-Amz-Date", now), ("X-Amz-Expires", "600"), ("X-Amz-SignedHeaders", "host")]
        if keys[2]:
            query.append(("X-Amz-Security-Token", keys[2]))
        quoted = urllib.parse.quote(path, safe="/-_.~")
        text = "\n".join([method, quoted, canonical_query(query), f"host:{host}\n", "host", "UNSIGNED-PAYLOAD"])
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(text.encode()).hexdigest()])
        query.append(("X-Amz-Signature", signature(keys[1], scope, text)))
        return quoted + "?" + canonical_query(query)

    def send(method, host, target, body=b"", headers=None, port=443):
        if port == 443:
            connection = http.client.HTTPSConnection(host, port, timeout=5, context=LOOSE)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=5)
        headers = {k: v for k, v in (headers or {}).items() if k != "host"}
        connection.request(method, target, body=body or None, headers={"Host": host, **headers})
        answer = connection.getresponse()
        content = answer.read(4 << 20)
        print(method, host, target[:60].replace(CANARY or "\0", "..."), answer.status, file=sys.stderr, flush=True)
        return answer.status, dict(answer.getheaders()), content

    def put(bucket, key, body, **more):
        return call("PUT", S3, f"/{bucket}/{key}", body=body, **more)

    """#
}
