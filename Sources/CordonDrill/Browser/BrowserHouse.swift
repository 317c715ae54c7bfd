/// What the browser of a drill finds where the environment's proxy would be: the attacker's page under the notebook's name, and for
/// everything else the sink, which records it as "the browser's proxy".
///
/// A program of its own, since it must run inside the browser's network namespace.
enum BrowserHouse {
  /// The name that the policy lets a session open.
  static let host = "notebook.cordon.internal"
  /// What the recording calls whatever came by the proxy.
  static let proxyLabel = "the browser's proxy"

  /// Returns once it listens; what serves goes on behind it.
  static let program =
    "import sys\nATTEMPTS = sys.argv[2]\n" + HostilePage.answers
      + #"""

      import socket, threading
      HOST = "notebook.cordon.internal"
      def pump(source, target):
          try:
              while data := source.recv(65536):
                  target.sendall(data)
          except OSError:
              pass
          for end in (source, target):
              try: end.shutdown(socket.SHUT_RDWR)
              except OSError: pass
      def serve(client):
          try:
              head = request(client)
              if not head: return client.close()
              method, target = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")[:2]
              named = target.startswith(f"http://{HOST}/")
              direct = target.startswith("/") and f"host: {HOST}" in head.decode("latin-1").lower()
              if method in ("GET", "POST") and (named or direct):
                  client.sendall(reply(target.removeprefix(f"http://{HOST}")))
                  return client.close()
              sink = socket.socket(socket.AF_UNIX)
              sink.connect(sys.argv[1])
              sink.sendall(head)
              threading.Thread(target=pump, args=(sink, client), daemon=True).start()
              pump(client, sink)
          except (OSError, ValueError):
              client.close()
      door = socket.socket()
      door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      door.bind(("127.0.0.1", 3128))
      door.listen(128)
      if os.fork(): os._exit(0)
      while True:
          threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()

      """#

  /// Sets up what a column has, starts the house and becomes the browser, whose pipe is at 3 and 4.
  static let start = #"""
    set -eu
    setting=$1 folder=$2; shift 2
    if [ "$setting" = bare ] || [ "$setting" = locked ]; then ip link set lo up; fi
    if [ "$setting" = locked ] || [ "$setting" = alone ]; then
      mount -t tmpfs -o mode=755 cordon-drill /etc/chromium
      mkdir -p /etc/chromium/policies/managed
      cp "$folder/policy.json" /etc/chromium/policies/managed/cordon.json
    fi
    python3 -I "$folder/house.py" "$folder/browser-proxy" "$folder/attempts-$setting.json" </dev/null >/dev/null
    exec 3<&0 4>&1 </dev/null >/dev/null
    exec "$@"
    """#
}
