import CordonModel

extension Refusal {
  private static func mirror(
    _ id: String, status: Int, control: String = "mirror allowlist", _ explanation: String, _ advice: String,
    route: String = "package-name"
  ) -> Refusal {
    Refusal(
      id: id, status: status, control: control, explanation: explanation, advice: advice, path: .packageShell,
      route: route)
  }

  static let packageNotListed = mirror(
    "package-not-listed", status: 404,
    "the package is not listed, and no listed package that was fetched needs it",
    "ask for its name under packages.pypi.allow in cordon.yaml, install the package that needs it first, or"
      + " write a lock: cordon packages lock"
  )
  static let packageAddressUnknown = mirror(
    "package-address-unknown", status: 404, "no package has this address",
    "ask for /simple/NAME/, as pip and uv do", route: "package-file")
  static let packageNotFound = mirror(
    "package-not-found", status: 404, "the package index has no such package or file",
    "check the name and the version")
  static let packageWithheld = mirror(
    "package-withheld", status: 404,
    "every file of the package is held back: too young, of unknown age, without a hash, or not in the lock",
    "wait until a release has the age in packages.pypi.minimumAge, or write a new lock: cordon packages lock"
  )
  static let mirrorReadOnly = mirror(
    "mirror-read-only", status: 405, control: "read-only mirror",
    "the package mirror has no verb that writes",
    "what leaves the environment goes through its review, not through a package index", route: "mirror-upload"
  )
  static let packageHashMismatch = mirror(
    "package-hash-mismatch", status: 502, control: "hash check",
    "the file is not what the package index says it is, and was thrown away",
    "tell the environment's operator; another version may be whole", route: "package-file")
  /// Clients try again after 503 by themselves, and not after 502.
  static let packageIndexUnavailable = mirror(
    "package-index-unavailable", status: 503, control: "package mirror",
    "the package index did not answer, and this was not fetched before", "try again later")
  static let packageCacheFailed = mirror(
    "package-cache-failed", status: 503, control: "package mirror", "the mirror could not keep the file",
    "tell the environment's operator: the disk of the package cache may be full", route: "package-file")

  /// Trying again does not help, and clients do not after 507.
  static let packageDiskScarce = mirror(
    "package-disk-scarce", status: 507, control: "disk floor",
    "the environment's disk is nearly full, so that nothing more is downloaded; what was fetched before is served",
    "tell the environment's operator: 'cordon status' says how full the disk is", route: "package-file")

  static func packageForbidden(_ control: String) -> Refusal {
    mirror(
      "package-forbidden", status: 403, control: control, "a policy does not allow this package",
      "see 'cordon explain' for the policies of the endpoint and of the project's role")
  }
}
