import CordonLinux
import CordonModel
import CordonSandbox
import Foundation

/// Turns a workspace of the spec into what the sandbox needs to know.
struct WorkspaceBlueprint {
  private let environment: Environment
  private let folder: StateFolder
  private let authority: String
  private let users: HostUsers?

  /// A blueprint for workspaces of `environment` on this machine.
  ///
  /// - Parameters:
  ///   - authority: The environment's certificate authority, PEM: the only one that a workspace trusts.
  ///   - users: The host user of each workspace; nil where only the caller's own can be had.
  init(environment: Environment, folder: StateFolder, authority: String, users: HostUsers?) {
    self.environment = environment
    self.folder = folder
    self.authority = authority
    self.users = users
  }

  /// Begins the names of the environment's control groups, and of no other's.
  var controlGroupPrefix: String { "cordon-\(folder.fingerprint)-" }

  /// The sandbox of one workspace.
  func configuration(of workspace: Workspace, project: Project) throws -> SandboxConfiguration {
    var configuration = SandboxConfiguration(
      name: workspace.name.text,
      identity: try identity(workspace, project),
      home: home(workspace, project),
      limits: ResourceLimits(
        memoryBytes: UInt64(workspace.limits.memory), processes: workspace.limits.processes,
        processorPercent: workspace.limits.cpuMillicores / 10),
      listeners: Self.listeners,
      files: EtcFile.standard(hostname: workspace.name.text) + [
        EtcFile("/etc/ssl/certs/ca-certificates.crt", text: authority),
        EtcFile("/etc/aws/config", text: Self.awsConfiguration),
      ],
      environment: variables(project),
      controlGroupPrefix: controlGroupPrefix,
      without: Set(environment.acceptedMissingMechanisms.compactMap(Mechanism.init(rawValue:))),
      weakened: weakened)
    configuration.hostname = workspace.name.text
    configuration.returnsDiskSpace = !keepsDisk
    if workspace.notebook != nil {
      configuration.ingress = true
      configuration.folders.append(NotebookInstallation(in: folder.notebooks).mount)
    }
    return configuration
  }

  /// Every door, in every workspace: what a door lets through is the policies' business.
  static let listeners: [SandboxConfiguration.Listener] = {
    func door(_ address: [UInt8], _ port: UInt16, _ transport: Transport, _ kind: EndpointKind)
      -> SandboxConfiguration.Listener
    {
      SandboxConfiguration.Listener(
        SocketAddress(host: LoopbackAddress.text(address), port: port), transport, purpose: kind.rawValue)
    }
    return [
      door(LoopbackAddress.gateway, 53, .datagram, .dns), door(LoopbackAddress.gateway, 53, .stream, .dns),
      door(LoopbackAddress.gateway, 3_128, .stream, .proxy),
      door(LoopbackAddress.gateway, 8_170, .stream, .credentials),
      door(LoopbackAddress.s3, 443, .stream, .s3), door(LoopbackAddress.s3, 80, .stream, .s3),
      door(LoopbackAddress.sts, 443, .stream, .sts),
      door(LoopbackAddress.packages, 443, .stream, .packages),
      door(LoopbackAddress.packages, 80, .stream, .packages),
      // Port 443 of the proxy: TLS of clients that know no proxy.
      door(LoopbackAddress.outside, 443, .stream, .proxy),
    ]
  }()

  /// botocore still signs presigned URLs the old way in some regions unless it is told.
  private static let awsConfiguration = "[default]\ns3 =\n    signature_version = s3v4\n"

  /// Makes the folder of a home that is not an image, or the one that an image goes into.
  func prepareHome(_ configuration: SandboxConfiguration) throws {
    let files = FileManager.default
    switch configuration.home {
    case .quotaImage(let image, let bytes):
      try files.createDirectory(
        at: URL(filePath: image).deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      guard keepsDisk, case .dedicatedUser(let user) = configuration.identity else { return }
      try QuotaImage.create(at: image, bytes: bytes, owner: user, isSparse: false)
      do { try QuotaImage.reserve(at: image) } catch { throw NoReservation(image: image, underlying: error) }
    case .memory: break
    case .folder(let path):
      var attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
      if case .dedicatedUser(let user) = configuration.identity {
        attributes[.ownerAccountID] = Int(user)
        attributes[.groupOwnerAccountID] = Int(user)
      }
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      try files.setAttributes(attributes, ofItemAtPath: path)
    }
  }

  /// The disk does not set space aside for a home.
  struct NoReservation: Error, CustomStringConvertible {
    var image: String
    var underlying: SystemError

    var description: String {
      """
      no disk space can be set aside for \(image): \(underlying); choose a --state on another disk, or accept it with \
      'sandbox: { without: [\(SandboxMechanism.diskReservation.rawValue)] }'
      """
    }
  }

  private var keepsDisk: Bool {
    !environment.acceptedMissingMechanisms.contains(SandboxMechanism.diskReservation.rawValue)
  }

  /// A workspace has no host user.
  struct NoUser: Error, CustomStringConvertible {
    var workspace: Slug

    var description: String { "no host user was handed out to workspace '\(workspace)'" }
  }

  private func identity(_ workspace: Workspace, _ project: Project) throws(NoUser)
    -> SandboxConfiguration.Identity
  {
    guard let users else { return .caller }
    if environment.weakenedForDrill.contains(.uidSeparation) { return .dedicatedUser(users.first) }
    guard let user = users.user(project: project.name, workspace: workspace.name) else {
      throw NoUser(workspace: workspace.name)
    }
    return .dedicatedUser(user)
  }

  /// An image is the quota; without loop devices a folder is all there is, and the spec must say that it may be.
  private func home(_ workspace: Workspace, _ project: Project) -> SandboxConfiguration.Home {
    let path = folder.home(of: workspace.name, in: project.name)
    let withoutQuota = environment.acceptedMissingMechanisms.contains(Mechanism.diskQuota.rawValue)
    guard users != nil, !withoutQuota else { return .folder(path) }
    return .quotaImage(path + ".ext4", bytes: UInt64(workspace.limits.disk))
  }

  /// What ordinary clients read by themselves, so that none of them needs a setting.
  private func variables(_ project: Project) -> [String: String] {
    let bundle = "/etc/ssl/certs/ca-certificates.crt"
    let proxy = "http://127.0.0.1:3128"
    let direct = "127.0.0.1,localhost,.amazonaws.com,.cordon.internal"
    var variables = [
      "HOME": "/home/workspace", "USER": "workspace", "LOGNAME": "workspace", "SHELL": "/bin/bash",
      "PATH": "/home/workspace/.local/bin:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
      "AWS_REGION": environment.region.text, "AWS_DEFAULT_REGION": environment.region.text,
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:8170/credentials",
      "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/etc/aws/config",
      "PIP_INDEX_URL": "https://\(ServiceNames.packages)/simple/", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
      // A file is verified before its first byte is served, so a large one keeps its client waiting.
      "PIP_DEFAULT_TIMEOUT": "120", "UV_HTTP_TIMEOUT": "300",
      "UV_INDEX_URL": "https://\(ServiceNames.packages)/simple/",
      "CORDON_PROJECT": project.name.text, "CORDON_STORE_BUCKET": project.store.text,
    ]
    if let data = project.buckets.first(where: { $0.name != project.store }) {
      variables["CORDON_DATA_BUCKET"] = data.name.text
    }
    for name in [
      "AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT",
      "NODE_EXTRA_CA_CERTS",
    ] { variables[name] = bundle }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] { variables[name] = proxy }
    for name in ["NO_PROXY", "no_proxy"] { variables[name] = direct }
    return variables
  }

  private var weakened: Set<SandboxControl> {
    Set(
      environment.weakenedForDrill.compactMap { control in
        switch control {
        case .networkNamespace: SandboxControl.networkNamespace
        case .seccomp: .seccomp
        case .environmentClearing: .environmentClearing
        case .descriptorClosing: .descriptorClosing
        case .sharedFilesOverlay: .sharedFileOverlay
        case .rootFilesystem: .rootFileSystem
        case .privateDevices: .privateDevices
        case .processNamespace: .processNamespace
        case .terminalLimit: .terminalLimit
        case .kernelFiles: .kernelFiles
        case .dnsAllowlist, .proxyAllowlist, .sniCheck, .hostCheck, .endpointPolicy, .credentialCheck,
          .mirrorAllowlist, .mirrorReadOnly, .uidSeparation, .browserPolicy, .browserDoor, .portalCrossings:
          nil
        }
      })
  }
}
