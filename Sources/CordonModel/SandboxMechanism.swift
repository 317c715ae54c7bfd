/// A part of the sandbox that a machine may lack and that a spec may do without, by the name `cordon doctor` gives it.
///
/// A missing mechanism refuses the start unless `sandbox.without` names it. What a workspace is made of (namespaces,
/// bubblewrap, the system-call filter) is not in this list: nobody can do without it.
public enum SandboxMechanism: String, Sendable, CaseIterable {
  /// Files of the system are each workspace's own, so that none can be locked as a signal to another.
  case overlay
  /// A memory limit for all processes of a workspace together.
  case memoryLimit = "memory-limit"
  /// A limit of processes and threads.
  case processLimit = "process-limit"
  /// A limit of processor time.
  case processorLimit = "processor-limit"
  /// A disk of its own for each workspace.
  case diskQuota = "disk-quota"
  /// Disk space that is set aside for what homes, buckets and ledger may come to.
  case diskReservation = "disk-reservation"
  /// A host user of its own for each workspace; an ordinary user has only one to give.
  case separateUser = "separate-user"
  /// Device nodes of its own for each workspace.
  case privateDevices = "private-devices"
}
