/// Why a drill could not be carried out. What an attack achieved is never an error.
public enum DrillError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A system call failed.
  case system(call: String, errno: Int32)
  /// A tool is missing; `install` is the line that installs it.
  case missingTool(String, install: String)
  /// A command that the suite depends on failed.
  case command(String, status: Int32, said: String)
  /// The executable under test answered something that the suite cannot read.
  case unreadable(String)
  /// The options do not make sense together.
  case usage(String)
  /// A part of the drill world did not come up.
  case world(String)
  /// A signal asked for the end; everything was cleared away.
  case interrupted

  /// One sentence for the person who ran the drill.
  public var description: String {
    switch self {
    case .system(let call, let errno): "\(call): \(Posix.message(errno))"
    case .missingTool(let tool, let install): "\(tool) is missing; install it with: \(install)"
    case .command(let command, let status, let said): "\(command) ended with \(status): \(said)"
    case .unreadable(let what): what
    case .usage(let what): what
    case .world(let what): what
    case .interrupted: "interrupted; everything was cleared away"
    }
  }
}
