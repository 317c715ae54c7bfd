import ArgumentParser

/// Which accounts and regions are read, and as whom.
struct LiveOptions: ParsableArguments {
  @Flag(help: "Read what runs in AWS now; the credentials are those that AWS's own tools find.")
  var live = false

  @Option(
    name: .long, parsing: .singleValue,
    help: "A region to read; can be given several times (default: AWS_REGION).")
  var region: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: "A role to read as, one for each account; can be given several times.")
  var role: [String] = []

  @Option(help: "A profile of the AWS CLI's files.")
  var profile: String?

  @Option(help: "Keep what was read in this file.", completion: .file())
  var save: String?

  @Flag(help: "Print the IAM policy that --live needs, and no more.")
  var permissions = false
}
