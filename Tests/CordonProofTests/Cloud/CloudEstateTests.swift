import CordonModel
import Testing

@testable import CordonProof

@Suite struct `An estate` {
  @Test(arguments: [
    ("arn:aws:s3:::data/*", #"{"Join":[{"Arn":"Named"},"/*"]}"#),
    ("data", #"{"Ref":"Named"}"#),
    ("arn:aws:iam::111122223333:role/ml/Reader", #"{"Arn":"Role"}"#),
    ("Reader", #"{"Ref":"Role"}"#),
  ])
  func `knows what its own resources are called`(expected: String, value: String) throws {
    let stack = try Stack(
      #"""
      {"Named":{"type":"AWS::S3::Bucket","BucketName":"data"},
       "Role":{"type":"AWS::IAM::Role","RoleName":"Reader","Path":"/ml/"},
       "X":{"type":"T","V":\#(value)}}
      """#)
    #expect(stack.estate.text(stack.deployment.resources[2]["V"]).value == expected)
  }

  @Test func `gives what AWS will name the same name everywhere, and different ones to different resources`()
    throws
  {
    let estate = try Stack(
      #"{"A":{"type":"AWS::EC2::VPC"},"B":{"type":"AWS::EC2::VPC"},"C":{"type":"AWS::S3::Bucket"}}"#
    ).estate
    let names = estate.deployment.resources.map { estate.ref($0) }
    #expect(Set(names).count == 3)
    #expect(names == estate.deployment.resources.map { estate.ref($0) })
    #expect(estate.find(names[0], "AWS::EC2::VPC")?.id.name == "A")
  }

  @Test func `ends where names refer to each other`() throws {
    let estate = try Stack(
      #"{"A":{"type":"AWS::S3::Bucket","BucketName":{"Ref":"B"}},"B":{"type":"AWS::S3::Bucket","BucketName":{"Ref":"A"}}}"#
    ).estate
    #expect(!estate.ref(estate.deployment.resources[0]).isEmpty)
  }

  @Test func `takes no account number of the files for its own`() throws {
    let estate = try Stack(#"{"A":{"type":"T","V":"arn:aws:iam::111122223333:root"}}"#).estate
    #expect(estate.account != "111122223333")
  }

  @Test(arguments: [
    (false, "10.0.0.0/8"), (false, "10.1.2.3/32"), (true, "10.0.0.0/7"), (true, "0.0.0.0/0"), (true, "::/0"),
    (false, "fd00::/8"), (true, "172.32.0.0/16"), (false, "172.16.0.0/12"), (true, "192.0.2.0/24"),
    (true, "nonsense"),
  ])
  func `tells addresses of the internet from private ones`(reaches: Bool, block: String) {
    #expect(AddressBlock(block).reachesInternet == reaches)
  }
}
