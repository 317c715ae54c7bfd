import CordonModel
import CordonStore

/// What a command asks of the gateway over its control socket. One connection, one request.
public enum ControlRequest: Codable, Sendable, Equatable {
  /// What runs, and what was denied.
  case status
  /// Drain and end.
  case stop
  /// A way into a workspace. The answer is an entrance; the connection is the command's lifeline.
  case enter(workspace: String, program: String, person: String?)
  /// Lifts the package lock for a workspace, until the connection ends or `useProposedLock` follows on it.
  case liftLock(workspace: String, person: String?)
  /// Takes the proposed lock beside the spec into force.
  case useProposedLock
  /// The newest recordings of sessions.
  case recordings
  /// A recording, for an auditor.
  case replay(session: String, auditor: String)
}

/// What the gateway answers.
public enum ControlAnswer: Codable, Sendable, Equatable {
  case status(EnvironmentStatus)
  case stopping
  /// The entrance follows as the next message.
  case entrance
  /// The package lock, if one is in force, does not bind the workspace now.
  case lockLifted
  /// The proposed lock is in force, and lies where the old one lay.
  case lockInForce
  /// The newest recordings.
  case recordings([Recording])
  /// Where a recording lies, and the key of it alone.
  case recording(path: String, tape: [UInt8], number: Int64, key: [UInt8])
  /// The request cannot be answered; in the user's words.
  case refused(String)
}

/// What `cordon status` shows.
public struct EnvironmentStatus: Codable, Sendable, Equatable {
  /// A workspace that is open.
  public struct Workspace: Codable, Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its project.
    public var project: String
    /// Who works in it.
    public var person: String?
    /// Processes that run in it now; nil where no control group counts them.
    public var processes: Int?
    /// Memory that they use, in bytes.
    public var memoryBytes: UInt64?
    /// The doors in it, as `address/transport purpose`.
    public var endpoints: [String]
  }

  /// Somebody's session in a remote browser.
  public struct Session: Codable, Sendable, Equatable {
    /// Whose it is.
    public var person: String
    /// The project that it works in.
    public var project: String
    /// The workspace whose notebook it shows.
    public var workspace: String
  }

  /// A bucket.
  public struct Bucket: Codable, Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its project.
    public var project: String
    /// Whether workspaces may only read it.
    public var readOnly: Bool
  }

  /// What a project's buckets hold together.
  public struct Storage: Codable, Sendable, Equatable {
    /// The project.
    public var project: String
    /// Bytes of the disk.
    public var bytes: Int64
    /// Bytes that uploads under way may come to, and deleted files that somebody still reads.
    public var reservedBytes: Int64
    /// Bytes at most.
    public var limit: Int64
    /// Versions, delete markers, unfinished uploads and parts.
    public var entries: Int64
    /// Entries that uploads under way may come to.
    public var reservedEntries: Int64
    /// Entries at most.
    public var mostEntries: Int64
  }

  /// The environment's name.
  public var environment: String
  /// The spec that it was brought up from.
  public var spec: String
  /// The gateway's process.
  public var process: Int32
  /// When it was brought up, ISO 8601.
  public var since: String
  /// Its workspaces.
  public var workspaces: [Workspace]
  /// Where people reach the portal; nil where the spec describes none.
  public var portal: String?
  /// The sessions whose browsers run.
  public var sessions: [Session]
  /// Its buckets.
  public var buckets: [Bucket]
  /// How often each egress path was denied since the ledger began.
  public var denials: [String: Int]
  /// Why the ledger refuses, and with it everything that has to be recorded; nil while it writes.
  public var ledgerFailure: String?
  /// What a nearly full disk keeps from happening; nil while there is room.
  public var diskWarning: String?
  /// What each project's buckets hold.
  public var storage: [Storage]
  /// Lines of the spec that let something through which Cordon keeps shut by itself.
  public var openedBySpec: [String]
  /// Controls that a drill switched off.
  public var weakened: [String]
}

extension EnvironmentStatus.Storage {
  /// A project's account as an operator reads it: what is refused for the limit is held and reserved together.
  init(_ project: Project, _ account: StoreAccount?) {
    let (held, reserved) = (account?.held ?? .none, account?.reserved ?? .none)
    self.init(
      project: project.name.text, bytes: held.bytes, reservedBytes: reserved.bytes,
      limit: Int64(project.storage.limit), entries: held.entries, reservedEntries: reserved.entries,
      mostEntries: Int64(project.storage.entries))
  }
}
