/// One of the eight ways data can leave.
///
/// Their order is the order of every table that Cordon prints.
public enum EgressPath: String, Sendable, CaseIterable, Codable {
  case browserDownload = "browser-download"
  case clipboardPrint = "clipboard-print"
  case externalUpload = "external-upload"
  /// S3 and every other service API: foreign credentials, foreign resource, name squatting, presigned URL.
  case crossAccountCopy = "cross-account-copy"
  case packageShell = "package-shell"
  case notebookOutput = "notebook-output"
  case modelExport = "model-export"
  /// DNS or HTTPS.
  case tunnel
}

/// What the product knows of a route or a path. Not knowing is never `closed`.
public enum Verdict: String, Sendable, Codable {
  case closed, open, unknown
}

/// A control that can be switched off for a drill, and only there.
///
/// An attack suite that cannot fail proves nothing: with one of these off, `cordon attack` must report the breach.
public enum Control: String, Sendable, CaseIterable, Codable {
  /// DNS answers listed names only and forwards nothing.
  case dnsAllowlist = "dns-allowlist"
  /// The egress proxy admits listed hosts only.
  case proxyAllowlist = "proxy-allowlist"
  /// The TLS server name must be the host that was asked for.
  case sniCheck = "sni-check"
  /// The HTTP host inside TLS must be the host that was asked for.
  case hostCheck = "host-check"
  /// Endpoint policies bind every principal and resource to the organisation.
  case endpointPolicy = "endpoint-policy"
  /// Only credentials that this environment issued are known.
  case credentialCheck = "credential-check"
  /// The package mirror asks upstream for listed names only.
  case mirrorAllowlist = "mirror-allowlist"
  /// The package mirror has no upload verb.
  case mirrorReadOnly = "mirror-read-only"
  /// A workspace has a network namespace of its own.
  case networkNamespace = "network-namespace"
  /// The system-call filter.
  case seccomp
  /// The launcher's environment is cleared before the sandbox.
  case environmentClearing = "environment-clearing"
  /// Inherited descriptors are closed before the sandbox.
  case descriptorClosing = "descriptor-closing"
  /// No file is shared by inode between workspaces.
  case sharedFilesOverlay = "shared-files-overlay"
  /// The workspace sees its own root file system, not the host's.
  case rootFilesystem = "root-filesystem"
  /// One host user id a workspace.
  case uidSeparation = "uid-separation"
  /// Device nodes of its own for each workspace.
  case privateDevices = "private-devices"
  /// A process namespace of its own for each command.
  case processNamespace = "process-namespace"
  /// A share of the kernel's terminals for each workspace, and no more.
  case terminalLimit = "terminal-limit"
  /// Constant files in the place of those by which the kernel tells everybody about everything.
  case kernelFiles = "kernel-files"
  /// The remote browser's managed policy.
  case browserPolicy = "browser-policy"
  /// A session's browser reaches its own notebook and hosts that are listed for it.
  case browserDoor = "browser-door"
  /// What the spec switched off does not cross the portal.
  case portalCrossings = "portal-crossings"
}
