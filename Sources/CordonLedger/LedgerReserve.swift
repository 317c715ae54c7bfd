import CordonLinux
import Glibc
import Synchronization

/// Disk space that nobody but the ledger can use: a file that holds nothing and gives its blocks back when the disk is
/// full, so that decisions can still be recorded while somebody makes room.
///
/// The last quarter is for the operator's own records. Otherwise a workspace that goes on asking would use it all up,
/// and the command that makes room could not be recorded.
final class LedgerReserve: Sendable {
  private struct State {
    /// Bytes that the file has of the disk.
    var kept: Int64
    var refilled = ContinuousClock.now
  }

  private static let slices: Int64 = 16
  private static let patience = Duration.seconds(1)

  private let file: DurableFile?
  private let folder: String
  let size: Int64
  private let state: Mutex<State>

  /// Sets aside `size` bytes, or what the disk still has of them. That it has none is no failure: the ledger is the
  /// last thing that may be kept from starting by a full disk.
  init(path: String, folder: String, size: Int64) {
    self.folder = folder
    self.size = max(0, size)
    let file = size > 0 ? try? DurableFile.open(path, O_RDWR | O_CREAT) : nil
    self.file = file
    state = Mutex(State(kept: (try? file?.allocatedBytes()) ?? 0))
    refill(now: true)
  }

  /// Bytes that are set aside now.
  var kept: Int64 { state.withLock { $0.kept } }

  /// Gives a slice back to the disk; false where there is none left for this kind of record.
  func release(forOperator isOperator: Bool) -> Bool {
    guard let file else { return false }
    return state.withLock { state in
      let least = isOperator ? 0 : size / 4
      guard state.kept > least else { return false }
      let rest = max(least, state.kept - max(1, size / Self.slices))
      guard (try? file.truncate(to: rest)) != nil else { return false }
      state.kept = rest
      state.refilled = .now
      return true
    }
  }

  /// Sets aside again what was given back, once the disk has twice as much.
  func refill(now isAtOnce: Bool = false) {
    guard let file else { return }
    state.withLock { state in
      guard state.kept < size, isAtOnce || state.refilled.duration(to: .now) >= Self.patience else { return }
      state.refilled = .now
      let missing = size - state.kept
      guard DurablePath.freeBytes(folder) / 2 >= missing, (try? file.allocate(size)) != nil else { return }
      state.kept = size
    }
  }
}
