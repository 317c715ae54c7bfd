public import CordonLinux
import Glibc
import Synchronization

/// A listening socket inside a workspace's network namespace.
public struct BoundListener: Sendable {
  /// What was asked for.
  public var listener: SandboxConfiguration.Listener
  /// The address that it has; the port is known also when 0 was asked for.
  public var address: SocketAddress
  /// The socket, non-blocking. `take()` it to hand it to an event loop.
  public var descriptor: SharedDescriptor
}

/// A workspace that is open: namespaces held by descriptors, listeners, a control group, and no process.
///
/// Nothing of it outlives the descriptors. When the process that holds them dies, however it dies, the kernel
/// removes namespaces, mounts and loop devices; control groups are swept at the next start.
public final class OpenWorkspace: Sendable {
  /// What it was opened from.
  public let configuration: SandboxConfiguration
  /// Sockets for the gateway, in the order of the configuration.
  public let listeners: [BoundListener]
  /// Where a server inside listens for the gateway, if the configuration has such a folder.
  public let ingress: IngressFolder?
  /// Its processes, if limits or a tree to put them in exist.
  public let controlGroup: ControlGroup?
  /// The way in for commands; another process can receive it.
  public let entrance: Entrance

  private init(
    _ configuration: SandboxConfiguration, _ received: HandedOver, _ group: ControlGroup?, _ filter: [UInt8],
    _ kernel: KernelFiles
  ) {
    self.configuration = configuration
    listeners = received.listeners
    ingress = received.ingress
    controlGroup = group
    let ticket = EnterTicket(
      configuration: configuration, controlGroups: group?.joinPaths ?? [], filter: filter,
      masks: kernel.masks)
    entrance = Entrance(ticket: ticket, namespaces: received.namespaces)
  }

  /// Opens a workspace, or says which mechanism is missing.
  ///
  /// Blocks for some milliseconds (longer when a quota image is made for the first time).
  public static func open(_ configuration: SandboxConfiguration, on machine: Machine) throws(SandboxError)
    -> OpenWorkspace
  {
    if let problem = configuration.problem { throw problem }
    let missing = machine.missing(for: configuration)
    if !missing.isEmpty { throw .missing(missing) }
    let filter: [UInt8]
    do { filter = try WorkspaceFilter.program(for: configuration.purpose) } catch {
      throw .invalid("filter", "\(error)")
    }
    let volume = try Volume(for: configuration)
    let prepared = SandboxPreparation(
      stage: configuration.stage, volume: volume.path, caller: (geteuid(), getegid()), etc: machine.etc,
      kernel: machine.kernel)
    let received = try HandedOver.receive(
      SandboxPlan(configuration: configuration).opening(prepared), configuration)
    // The mount keeps the loop device from here on.
    _ = consume volume
    let group = try makeGroup(configuration, machine.controlGroups)
    return OpenWorkspace(configuration, received, group, filter, machine.kernel)
  }

  private static func makeGroup(_ configuration: SandboxConfiguration, _ tree: ControlGroupTree?)
    throws(SandboxError) -> ControlGroup?
  {
    guard let tree else { return nil }
    var limits = configuration.weakened.contains(.resourceLimits) ? ResourceLimits() : configuration.limits
    if configuration.without.contains(.memoryLimit) { limits.memoryBytes = nil }
    if configuration.without.contains(.processLimit) { limits.processes = nil }
    if configuration.without.contains(.processorLimit) { limits.processorPercent = nil }
    let name = configuration.controlGroupPrefix + configuration.name
    do {
      try tree.sweep(exactly: name)
      return try tree.makeGroup(named: name, limits: limits)
    } catch { throw .system(error) }
  }

  /// Runs a command inside.
  public func spawn(_ command: SandboxCommand, streams: StandardStreams = .pipes) throws(SandboxError)
    -> SandboxProcess
  {
    try entrance.spawn(command, streams: streams)
  }

  /// Kills what runs inside and lets go of the namespaces. Listeners that were not taken are closed.
  public func close() throws(SandboxError) {
    defer {
      entrance.close()
      for listener in listeners { listener.descriptor.close() }
      ingress?.close()
    }
    guard let controlGroup else { return }
    do {
      try controlGroup.killAll()
      try controlGroup.remove()
    } catch { throw .system(error) }
  }
}

extension SandboxConfiguration {
  /// The folder over which the workspace's root is built, in its own mount namespace: any folder that exists
  /// on every Debian and hides none of the sources.
  var stage: String {
    var sources = folders.map(\.source)
    if case .folder(let path) = home { sources.append(path) }
    let choices = ["/mnt", "/media", "/srv", "/opt"]
    return choices.first { choice in !sources.contains { ($0 + "/").hasPrefix(choice + "/") } } ?? "/mnt"
  }
}

/// The block device of a workspace with an image, held until it is mounted.
private struct Volume: ~Copyable {
  private let device: LoopDevice?
  let path: String?

  init(for configuration: SandboxConfiguration) throws(SandboxError) {
    guard case .quotaImage(let image, let bytes) = configuration.home else {
      device = nil
      path = nil
      return
    }
    guard case .dedicatedUser(let user) = configuration.identity else {
      throw .missing([MissingMechanism(.diskQuota, detail: "loop devices need root")])
    }
    do { try QuotaImage.create(at: image, bytes: bytes, owner: user) } catch { throw .quota(error) }
    let attached: LoopDevice
    do { attached = try LoopDevice(attaching: image) } catch { throw .system(error) }
    path = attached.path
    device = consume attached
  }
}

/// What the child that opened the workspace sent back, checked.
struct HandedOver {
  var namespaces: [DescriptorName: SharedDescriptor]
  var listeners: [BoundListener]
  var ingress: IngressFolder?

  /// Runs the plan and receives what it hands over.
  static func receive(_ plan: LaunchPlan, _ configuration: SandboxConfiguration) throws(SandboxError)
    -> HandedOver
  {
    do {
      let null = try FileDescriptor(opening: "/dev/null", flags: O_RDWR)
      let errors = try FileDescriptor(opening: "/dev/null", flags: O_WRONLY)
      let control = try UnixSocket.pair()
      let launched = try plan.launch([
        "null": null.rawValue, "errors": errors.rawValue, "control": control.right.descriptor.rawValue,
      ])
      return try exchange(launched, over: control.left, configuration)
    } catch let error as SandboxError {
      throw error
    } catch let error as LaunchError {
      throw .launch(error)
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .handOver("\(error)")
    }
  }

  /// Takes over what the child hands out; a child that hands over anything else does not go on.
  private static func exchange(
    _ launched: borrowing Launched, over control: borrowing UnixSocket, _ configuration: SandboxConfiguration
  ) throws -> HandedOver {
    do {
      let handed = try receive(launched, over: control, configuration)
      try control.send([1])
      try launched.confirm()
      _ = launched.process.waitBlocking()
      return handed
    } catch {
      try? launched.process.signal(SIGKILL)
      _ = launched.process.waitBlocking()
      throw error
    }
  }

  private static func receive(
    _ launched: borrowing Launched, over control: borrowing UnixSocket, _ configuration: SandboxConfiguration
  ) throws -> HandedOver {
    let wanted =
      (configuration.identity == .caller ? 3 : 2) + (configuration.ingress ? 1 : 0)
      + configuration.listeners.count
    let ready = try Poll.wait(
      for: [(launched.settled, POLLIN), (control.descriptor.rawValue, POLLIN)], milliseconds: 30_000)
    guard ready[1] & Int32(POLLIN) != 0 else {
      if ready[0] != 0 { try launched.confirm() }
      throw SandboxError.handOver("the child did not come to it")
    }
    let message = try control.receive(atMost: 64, descriptors: wanted)
    guard !message.isTruncated, message.descriptors.count == wanted else {
      throw SandboxError.handOver("\(message.descriptors.count) descriptors instead of \(wanted)")
    }
    return try HandedOver(message.descriptors, configuration)
  }

  private init(_ descriptors: [SharedDescriptor], _ configuration: SandboxConfiguration) throws {
    let names: [DescriptorName] = ["mount", "network"] + (configuration.identity == .caller ? ["user"] : [])
    namespaces = Dictionary(uniqueKeysWithValues: zip(names, descriptors))
    listeners = []
    var others = descriptors.dropFirst(names.count)
    if configuration.ingress, let folder = others.popFirst() {
      let user = SandboxPlan(configuration: configuration).user ?? geteuid()
      ingress = IngressFolder(folder, owner: user)
    }
    for (listener, descriptor) in zip(configuration.listeners, others) {
      let facts = try descriptor.withRawValue { number throws(SystemError) in try SocketFacts(of: number) }
      let samePort = listener.address.port == 0 || facts.address.port == listener.address.port
      guard facts.transport == listener.transport, samePort,
        facts.isListening == (listener.transport == .stream),
        facts.address.encoded?.prefix(2) == listener.address.encoded?.prefix(2)
      else { throw SandboxError.handOver("\(listener.address) is \(facts.address)") }
      listeners.append(BoundListener(listener: listener, address: facts.address, descriptor: descriptor))
    }
  }
}
