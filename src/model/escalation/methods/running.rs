//! Methods that use what already runs with a role. Of these things an inventory holds EC2's instances.

use super::Way::Running;
use super::{Method, methods};

const AGENTCORE: &[&str] = &["bedrock-agentcore.amazonaws.com"];
const CLOUDFORMATION: &[&str] = &["cloudformation.amazonaws.com"];
const CODEBUILD: &[&str] = &["codebuild.amazonaws.com"];
const EC2: &[&str] = &["ec2.amazonaws.com"];
const LAMBDA: &[&str] = &["lambda.amazonaws.com"];
const SAGEMAKER: &[&str] = &["sagemaker.amazonaws.com"];
const STATES: &[&str] = &["states.amazonaws.com"];

pub(super) const METHODS: &[Method] = methods! {
    "ec2-002" ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"] Running(EC2), Other,
        "Stops an instance, rewrites its user data and starts it", "an instance with the role";
    "ssm-001" ["ssm:StartSession"] Running(EC2), Other,
        "Opens a session on an instance", "a running instance with the role and with Systems Manager's agent";
    "ssm-002" ["ssm:SendCommand"] Running(EC2), Other,
        "Runs a command on an instance", "a running instance with the role and with Systems Manager's agent";
    "ec2instanceconnect-003" ["ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"] Running(EC2), Other,
        "Pushes a key to an instance and logs in", "a running instance with the role that can be reached by SSH";
    "ec2-004" ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"] Running(EC2), Other,
        "Makes the next instances of a launch template run other user data", "a launch template with the role",
        needs "a launch template with the role, and something that launches from it";
    "apprunner-002" ["apprunner:UpdateService"] Running(&["tasks.apprunner.amazonaws.com"]), Other,
        "Makes a service run another image", "an App Runner service with the role", needs "an App Runner service with the role";
    "bedrock-002" ["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"] Running(AGENTCORE), Other,
        "Runs code in a code interpreter", "a code interpreter with the role", needs "a code interpreter with the role";
    "bedrock-run-command" ["bedrock-agentcore:InvokeAgentRuntimeCommand"] Running(AGENTCORE), Other,
        "Runs a command in an agent's runtime", "a runtime with the role", needs "an agent's runtime with the role";
    "bedrock-drive-browser" ["bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"] Running(AGENTCORE), Other,
        "Drives a browser that has a role", "a browser with the role", needs "a browser tool with the role";
    "batch-submit-job" ["batch:SubmitJob"] Running(&["ecs-tasks.amazonaws.com"]), Other,
        "Runs a job definition with another command", "a job definition with the role", needs "a Batch job definition with the role";
    "cloudformation-002" ["cloudformation:UpdateStack"] Running(CLOUDFORMATION), Other,
        "Changes a stack that acts as the role", "a stack with the role", needs "a stack with the role";
    "cloudformation-005" ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"] Running(CLOUDFORMATION), Other,
        "Changes a stack that acts as the role, by a change set", "a stack with the role", needs "a stack with the role";
    "codebuild-002" ["codebuild:StartBuild"] Running(CODEBUILD), Other,
        "Builds a project with another build specification", "a project with the role", needs "a CodeBuild project with the role";
    "codebuild-003" ["codebuild:StartBuildBatch"] Running(CODEBUILD), Other,
        "Builds a batch of a project with another build specification", "a project with the role", needs "a CodeBuild project with the role";
    "codedeploy-create-deployment" ["codedeploy:CreateDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:RegisterApplicationRevision"] Running(&["ec2.amazonaws.com", "codedeploy.amazonaws.com"]), Other,
        "Deploys a revision whose hooks run with the role", "instances or a deployment group with the role",
        needs "a CodeDeploy deployment group with the role";
    "ecs-006" ["ecs:ExecuteCommand", "ecs:DescribeTasks"] Running(&["ecs-tasks.amazonaws.com"]), Other,
        "Opens a shell in a task", "a task with the role", needs "an ECS task with the role";
    "glue-002" ["glue:UpdateDevEndpoint"] Running(&["glue.amazonaws.com"]), Other,
        "Puts its own key into a development endpoint", "an endpoint with the role", needs "a Glue development endpoint with the role";
    "lambda-003" ["lambda:UpdateFunctionCode"] Running(LAMBDA), Other,
        "Rewrites a function that something else calls", "a function with the role", needs "a Lambda function with the role";
    "lambda-004" ["lambda:UpdateFunctionCode", "lambda:InvokeFunction"] Running(LAMBDA), Other,
        "Rewrites a function and calls it", "a function with the role", needs "a Lambda function with the role";
    "lambda-005" ["lambda:UpdateFunctionCode", "lambda:AddPermission"] Running(LAMBDA), Other,
        "Rewrites a function and lets another account call it", "a function with the role", needs "a Lambda function with the role";
    "lambda-update-configuration" ["lambda:UpdateFunctionConfiguration"] Running(LAMBDA), Other,
        "Adds a layer or a variable to a function that makes it run other code", "a function with the role",
        needs "a Lambda function with the role";
    "sagemaker-004" ["sagemaker:CreatePresignedNotebookInstanceUrl"] Running(SAGEMAKER), Other,
        "Opens a notebook instance", "a notebook instance with the role", needs "a SageMaker notebook instance with the role";
    "sagemaker-005" ["sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance"] Running(SAGEMAKER), Other,
        "Makes a notebook instance run a script when it starts", "a notebook instance with the role",
        needs "a SageMaker notebook instance with the role";
    "states-update-machine" ["states:UpdateStateMachine", "states:StartExecution"] Running(STATES), Other,
        "Rewrites a state machine and starts it", "a state machine with the role", needs "a state machine with the role";
};
