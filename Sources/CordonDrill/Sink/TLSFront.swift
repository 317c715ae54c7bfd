/// Ends TLS for the sink, in a process of Python's own library: the drill shares no TLS code with the gateway.
///
/// The sink passes a connection's raw bytes in by one Unix socket and gets the plain ones back by another.
final class TLSFront {
  /// One certificate with its two sockets.
  struct Door {
    var pair: Certificates.Pair
    /// Where the sink brings TLS.
    var encrypted: String
    /// Where the front brings what was inside.
    var plain: String
  }

  private let running: Running

  /// Starts the front; the sink must listen on each door's plain socket already.
  init(_ doors: [Door]) throws(DrillError) {
    let arguments = doors.flatMap { [$0.encrypted, $0.plain, $0.pair.certificate, $0.pair.key] }
    let launch = Launch(
      arguments: ["python3", "-I", "-c", Self.program] + arguments,
      environment: ["PATH": Tool.path])
    running = try Running(launch, closesInput: false, seconds: 1_000_000)
    guard running.wait(forLine: "ready") else {
      let said = running.finish().lastLine
      throw .world("the sink's TLS front did not start: \(said)")
    }
  }

  /// The front ends when its input does, so it cannot outlive the drill.
  func stop() {
    running.endInput()
    _ = running.finish()
  }

  private static let program = """
    import os, select, socket, ssl, sys, threading

    def serve(context, connection, plain_path):
        try:
            connection.settimeout(10)
            tls = context.wrap_socket(connection, server_side=True)
            plain = socket.socket(socket.AF_UNIX)
            plain.connect(plain_path)
            while True:
                ready = [tls] if tls.pending() else select.select([tls, plain], [], [], 300)[0]
                if not ready:
                    break
                for source, target in ((tls, plain), (plain, tls)):
                    if source in ready:
                        data = source.recv(65536)
                        if not data:
                            return
                        target.sendall(data)
        except OSError:
            pass
        finally:
            connection.close()
            for name in ("tls", "plain"):
                if name in locals():
                    locals()[name].close()

    def door(path, plain_path, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        def accept():
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(context, connection, plain_path), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()

    for index in range(1, len(sys.argv), 4):
        door(*sys.argv[index:index + 4])
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)
    """
}
