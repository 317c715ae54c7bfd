import CLinux
import Glibc

/// A system call that failed, and how.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The `errno` value.
  public var code: Int32
  /// What was being done, in words that an operator can look up: `mount`, `open /dev/loop0`.
  public var call: String

  /// An error with a code known already.
  public init(code: Int32, call: String) {
    self.code = code
    self.call = call
  }

  /// The failure that the last call on this thread left in `errno`.
  static func last(_ call: String) -> SystemError { SystemError(code: errno, call: call) }

  /// `mount: Operation not permitted (errno 1)`.
  public var description: String { "\(call): \(Self.text(of: code)) (errno \(code))" }

  private static func text(of code: Int32) -> String {
    // SAFETY: the buffer outlives the call, and the C function terminates what it writes.
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let start = buffer.baseAddress else { return "error" }
      unsafe cordon_error_text(code, start)
      return unsafe String(cString: start)
    }
  }
}

/// Passes a call's result on, or throws what it left in `errno`.
@discardableResult
func check(_ result: CInt, _ call: @autoclosure () -> String) throws(SystemError) -> CInt {
  if result < 0 { throw .last(call()) }
  return result
}
