import CLinux

/// What the kernel does with a system call.
public enum SeccompAction: Sendable, Equatable {
  /// The process dies (SIGSYS).
  case killProcess
  /// The call fails with this `errno`.
  case fail(Int32)
  /// The call goes ahead.
  case allow

  var encoded: UInt32 {
    switch self {
    case .killProcess: 0x8000_0000
    case .fail(let code): 0x0005_0000 | (UInt32(bitPattern: code) & 0xFFFF)
    case .allow: 0x7FFF_0000
    }
  }
}

/// Why a filter cannot be assembled: a mistake in the source, found by its tests.
public enum SeccompError: Error, Equatable, Sendable {
  /// A jump goes to a label that was never placed.
  case unknownLabel(String)
  /// Classic BPF jumps forward over at most 255 instructions.
  case jumpTooFar(String)
  /// The build headers do not know this system call.
  case unknownSystemCall(String)
}

/// A classic BPF program for `seccomp(2)`, written with labels instead of offsets.
public struct SeccompFilter: Sendable {
  /// What a comparison looks at: `struct seccomp_data` of the kernel, 32 bits at a time.
  public enum Field: Sendable {
    /// The number of the call.
    case number
    /// The architecture of the call.
    case architecture
    /// The low half of an argument; the kernel truncates `int` arguments to it as well.
    case argument(Int)

    var offset: UInt32 {
      switch self {
      case .number: 0
      case .architecture: 4
      case .argument(let index): 16 + 8 * UInt32(index)
      }
    }
  }

  /// How a comparison is made.
  public enum Test: Sendable {
    /// The value is equal.
    case equals(UInt32)
    /// The value is at least this, unsigned.
    case atLeast(UInt32)
    /// One of these bits is set.
    case anyBit(UInt32)
  }

  private enum Instruction {
    case plain(code: UInt16, k: UInt32)
    case jump(code: UInt16, k: UInt32, label: String)
  }

  private var instructions: [Instruction] = []
  private var labels: [String: Int] = [:]

  /// An empty program.
  public init() {}

  /// Number of instructions.
  public var count: Int { instructions.count }

  /// Loads a field into the accumulator.
  public mutating func load(_ field: Field) { add(.plain(code: 0x20, k: field.offset)) }

  /// Keeps only these bits of the accumulator.
  public mutating func mask(_ bits: UInt32) { add(.plain(code: 0x54, k: bits)) }

  /// Goes to a later label when the accumulator passes the test.
  public mutating func jump(if test: Test, to label: String) {
    switch test {
    case .equals(let value): add(.jump(code: 0x15, k: value, label: label))
    case .atLeast(let value): add(.jump(code: 0x35, k: value, label: label))
    case .anyBit(let bits): add(.jump(code: 0x45, k: bits, label: label))
    }
  }

  /// Ends the program with a verdict.
  public mutating func `return`(_ action: SeccompAction) { add(.plain(code: 0x06, k: action.encoded)) }

  /// Places a label before the next instruction.
  public mutating func label(_ name: String) { labels[name] = instructions.count }

  private mutating func add(_ instruction: Instruction) { instructions.append(instruction) }

  /// The program as `struct sock_filter[]` bytes, the form that bubblewrap and the kernel read.
  public func assembled() throws(SeccompError) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, instruction) in instructions.enumerated() {
      switch instruction {
      case .plain(let code, let k): Self.append(code: code, jump: 0, k: k, to: &bytes)
      case .jump(let code, let k, let label):
        guard let target = labels[label] else { throw .unknownLabel(label) }
        guard let distance = UInt8(exactly: target - index - 1) else { throw .jumpTooFar(label) }
        Self.append(code: code, jump: distance, k: k, to: &bytes)
      }
    }
    return bytes
  }

  /// x86_64 is little-endian; `jf` is always 0, the next instruction.
  private static func append(code: UInt16, jump: UInt8, k: UInt32, to bytes: inout [UInt8]) {
    bytes += [UInt8(code & 0xFF), UInt8(code >> 8), jump, 0]
    bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: k >> UInt32($0)) }
  }

  /// The architecture that this build runs on, as the kernel names it.
  public static var architecture: UInt32 { cordon_audit_arch }

  /// Number of a system call.
  public static func number(of call: String) throws(SeccompError) -> UInt32 {
    let number = unsafe cordon_syscall_number(call)
    guard number >= 0 else { throw .unknownSystemCall(call) }
    return UInt32(number)
  }

  /// Does the running kernel filter system calls?
  public static var isAvailable: Bool { cordon_seccomp_available() == 1 }
}
