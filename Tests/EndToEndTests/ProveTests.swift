import Foundation
import Testing

@Suite struct `The proof of an environment` {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test func `closes or names every route of the example`() throws {
    let said = try Cordon.run("prove", "\(Self.root)/examples/breast-cancer/cordon.yaml")
    #expect(said.status == 3 && said.complaint.isEmpty, "\(said)")
    #expect(said.text.contains(/[0-9]+ routes: 0 open, 2 unknown, [0-9]+ closed/), "\(said)")
    #expect(said.text.contains(/on AWS: [0-9]+ routes: 0 open, 0 unknown, [0-9]+ closed/), "\(said)")
    #expect(!said.text.contains("\u{1B}"))
    #expect(
      said.text.contains(/closed +s3-foreign-bucket +identity policy: role\/diagnosis-workspace/), "\(said)")
  }

  @Test(arguments: [
    ("json", "{\n  \"version\": 1,"), ("sarif", "\"version\": \"2.1.0\""), ("junit", "<testsuites name="),
    ("html", "<!DOCTYPE html>"), ("svg", "<svg class=\"map\""), ("text", "Egress map of "),
  ])
  func `comes in every format, to a file as to the terminal`(format: String, mark: String) throws {
    let place = try Place()
    let said = try Cordon.run("prove", place.spec, "--format", format)
    #expect(said.status == 3 && said.text.contains(mark), "\(said)")
    let file = place.folder + "/map"
    let written = try Cordon.run("prove", place.spec, "--format", format, "--output", file)
    #expect(written.status == 3 && written.text.isEmpty, "\(written)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == said.text)
  }

  @Test func `shows a listed host as open, with its line`() throws {
    let place = try Place(Place.text(egress: "{ hosts: [licence.example.com] }"))
    let said = try Cordon.run("prove", place.spec)
    #expect(said.status == 1 && said.text.contains("listed-host:licence.example.com:443"), "\(said)")
    #expect(said.text.contains("cordon.yaml:5:19"), "\(said)")
  }

  private static let example = "\(root)/examples/breast-cancer/cordon.yaml"

  /// The example on AWS, with a portal that lets text be copied.
  private static func leakyPlace() throws -> Place {
    let text = try String(contentsOfFile: example, encoding: .utf8)
    return try Place(text + "\nbrowser:\n  clipboard: { out: true }\n")
  }

  @Test(arguments: [("local", 3, false), ("aws", 0, true), ("both", 3, true)])
  func `judges this machine, AWS, or both`(target: String, status: Int, showsAWS: Bool) throws {
    let said = try Cordon.run("prove", Self.example, "--target", target, "--format", "json")
    #expect(Int(said.status) == status, "\(said)")
    #expect(said.text.contains(#""target": "aws""#) == showsAWS)
    #expect(said.text.contains(#""target": "local""#) == (target != "aws"))
    #expect(!said.text.contains("AWS was not judged"))
  }

  @Test func `shows what is open on AWS at the line of the spec that made it`() throws {
    let place = try Self.leakyPlace()
    let lines = try String(contentsOfFile: place.spec, encoding: .utf8).components(separatedBy: "\n")
    // A place is the value's, below its key.
    let line = try #require(lines.firstIndex(of: "browser:")) + 2
    let said = try Cordon.run("prove", place.spec)
    #expect(said.status == 1 && said.text.contains(/open +portal-copy/), "\(said)")
    #expect(said.text.contains("breast-cancer-portal.yaml:"), "\(said)")
    #expect(said.text.contains("\(place.spec):\(line):"), "\(said)")
    let sarif = try Cordon.run("prove", place.spec, "--format", "sarif")
    #expect(sarif.text.contains("\"startLine\": \(line)"), "\(sarif)")
    let explained = try Cordon.run("prove", place.spec, "--explain", "portal-copy")
    #expect(explained.status == 1 && explained.text.contains("portal-copy (clipboard-print, on AWS)  open"))
    let file = place.folder + "/baseline.json"
    try Cordon.run("prove", Self.example, "--format", "json", "--output", file)
    let worse = try Cordon.run("prove", place.spec, "--baseline", file)
    #expect(
      worse.status == 1 && worse.complaint.contains("portal-copy on AWS: closed, now open"), "\(worse)")
  }

  @Test func `of both has the depth of both, and assumes for AWS what is stated`() throws {
    let said = try Cordon.run("prove", Self.example, "--depth", "--assume", "tags=fixed")
    #expect(said.status == 3 && said.text.contains("tags=fixed: stated"), "\(said)")
    #expect(said.text.contains("network-namespace (") && said.text.contains("breast-cancer-portal/Portal ("))
  }

  @Test func `says that AWS was not judged, where the spec has no aws or a control is off`() throws {
    let place = try Place()
    for format in ["text", "json", "sarif", "junit", "html"] {
      let said = try Cordon.run("prove", place.spec, "--format", format)
      let text = said.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(said.status == 3 && text.contains("AWS was not judged"), "\(format): \(said)")
    }
    #expect(try !Cordon.run("prove", place.spec, "--target", "local").text.contains("AWS was not"))
    let weakened = try Cordon.run("prove", Self.example, "--weaken", "dns-allowlist")
    #expect(weakened.status == 1 && weakened.text.contains("target=local"), "\(weakened)")
    let none = try Cordon.run("prove", place.spec, "--target", "aws")
    #expect(none.status == 2 && none.complaint.contains("has no 'aws:'"), "\(none)")
    let drill = try Cordon.run("prove", Self.example, "--target", "aws", "--weaken", "dns-allowlist")
    #expect(drill.status == 2, "\(drill)")
    let assumed = try Cordon.run("prove", place.spec, "--assume", "tags=fixed")
    #expect(assumed.status == 2 && assumed.complaint.contains("AWS, which is not judged"), "\(assumed)")
    let other = try Cordon.run("prove", Self.example, "--assume", "account=444455556666")
    #expect(other.status == 2 && other.complaint.contains("says 111122223333"), "\(other)")
    let template = try Cordon.run("prove", "\(Self.root)/examples/aws", "--target", "local")
    #expect(template.status == 2, "\(template)")
  }

  @Test func `explains one route, and exits with its verdict`() throws {
    let place = try Place()
    let closed = try Cordon.run("prove", place.spec, "--explain", "s3-foreign-bucket")
    #expect(closed.status == 0 && closed.text.contains("no request exists"), "\(closed)")
    let unknown = try Cordon.run("prove", place.spec, "--explain", "output-view")
    #expect(unknown.status == 3 && unknown.text.contains("not yet covered"), "\(unknown)")
    let open = try Cordon.run("prove", place.spec, "--explain", "dns-label", "--weaken", "dns-allowlist")
    #expect(open.status == 1 && open.text.contains("cordon exec lab-1 -- sh -c 'dig "), "\(open)")
    let none = try Cordon.run("prove", place.spec, "--explain", "dns-lable")
    #expect(none.status == 2 && none.complaint.contains("did you mean 'dns-label'?"), "\(none)")
  }

  @Test func `fails with a baseline only on what got worse`() throws {
    let place = try Place()
    let file = place.folder + "/baseline.json"
    try Cordon.run("prove", place.spec, "--format", "json", "--output", file)
    let same = try Cordon.run("prove", place.spec, "--baseline", file)
    #expect(same.status == 0 && same.complaint.contains("nothing got worse"), "\(same)")
    let worse = try Cordon.run("prove", place.spec, "--baseline", file, "--weaken", "host-check")
    #expect(
      worse.status == 1 && worse.complaint.contains("tunnel host-mismatch: closed, now open"), "\(worse)")
    let none = try Cordon.run("prove", place.spec, "--baseline", place.spec)
    #expect(none.status == 2, "\(none)")
  }

  @Test func `says where the input is wrong`() throws {
    let place = try Place(Place.text() + "browsr: {}\n")
    let said = try Cordon.run("prove", place.spec)
    #expect(said.status == 2 && said.complaint.contains("did you mean 'browser'?"), "\(said)")
    #expect(try Cordon.run("prove", place.folder + "/none.yaml").status == 2)
    let control = try Cordon.run("prove", place.spec, "--weaken", "dns-alowlist")
    #expect(control.status == 2 && control.complaint.contains("did you mean 'dns-allowlist'?"), "\(control)")
  }

  @Test func `reads templates by their content, and closes the example of AWS`() throws {
    let said = try Cordon.run("prove", "\(Self.root)/examples/aws")
    #expect(said.status == 0 && said.text.contains(/routes: 0 open, 0 unknown, [0-9]+ closed/), "\(said)")
  }

  /// A queue's own policy is open to everybody; nothing else is there.
  private static let leaky = """
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters: { Who: { Type: String } }
    Resources:
      Data:
        Type: AWS::S3::Bucket
      DataPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Data
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - { Effect: Allow, Principal: !Ref Who, Action: 's3:*', Resource: '*' }

    """

  @Test func `shows a leaky template open at its line, or says which parameter it lacks`() throws {
    let place = try Place(Self.leaky)
    let open = try Cordon.run("prove", place.spec, "--parameter", "Who=*", "--format", "sarif")
    #expect(open.status == 1 && open.text.contains("\"startLine\": 11"), "\(open)")
    let lacking = try Cordon.run("prove", place.spec)
    #expect(lacking.status != 0 && lacking.text.contains("Who"), "\(lacking)")
    let wrong = try Cordon.run("prove", place.spec, "--parameter", "Whom=*")
    #expect(wrong.status == 2 && wrong.complaint.contains("Whom"), "\(wrong)")
  }

  @Test func `refuses what it cannot read, with the place`() throws {
    let place = try Place("Resources:\n  A: { Type: AWS::S3::Bucket, Type: AWS::S3::Bucket }\n")
    let said = try Cordon.run("prove", place.spec)
    #expect(said.status == 2 && said.complaint.contains("cordon.yaml:2:"), "\(said)")
    try place.write("just: text\n")
    #expect(try Cordon.run("prove", place.spec).status == 2)
    let assumption = try Cordon.run("prove", "\(Self.root)/examples/aws", "--assume", "nothing=1")
    #expect(assumption.status == 2 && assumption.complaint.contains("--assume list"), "\(assumption)")
    #expect(try Cordon.run("prove", "--assume", "list").text.contains("organization=VALUE"))
  }

  @Test func `tells which control stands alone`() throws {
    let place = try Place()
    let said = try Cordon.run("prove", place.spec, "--depth")
    // Lines break where a path ends them.
    let words = said.text.split { $0.isWhitespace }.joined(separator: " ")
    #expect(
      said.status == 3 && words.contains(/network-namespace \([^)]*\): without this control alone/), "\(said)"
    )
  }
}
