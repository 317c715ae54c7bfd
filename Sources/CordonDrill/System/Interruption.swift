import Dispatch
import Glibc
import Synchronization

/// Notices that the drill shall end, so that it can clear away behind itself.
enum Interruption {
  private static let noticed = Atomic<Bool>(false)
  private static let sources = Mutex<[any DispatchSourceSignal]>([])

  /// From here on the usual signals do not end this process at once.
  static func watch() {
    sources.withLock { sources in
      guard sources.isEmpty else { return }
      for number in [SIGINT, SIGTERM, SIGHUP] {
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { noticed.store(true, ordering: .relaxed) }
        source.activate()
        sources.append(source)
      }
    }
  }

  /// - Throws: `DrillError.interrupted` once a signal came.
  static func check() throws(DrillError) {
    if noticed.load(ordering: .relaxed) { throw .interrupted }
  }
}
