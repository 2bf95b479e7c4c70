terraform {
  backend "local" {}
}

resource "terraform_data" "ledger" {
  input = {
    kind = "Deployment"
    metadata = {
      name      = "ledger"
      namespace = "office"
    }
    spec = {
      replicas = 1
      template = {
        spec = {
          containers = [
            {
              name = "ledger"
              resources = {
                limits = {
                  memory = "128Mi" # raised by hand so far
                }
              }
            },
          ]
        }
      }
    }
  }
}

resource "terraform_data" "wiki" {
  input = {
    kind = "Deployment"
    metadata = {
      name      = "wiki"
      namespace = "office"
    }
    spec = {
      replicas = 1
      template = {
        spec = {
          containers = [
            {
              name = "wiki"
              resources = {
                limits = {
                  memory = "128Mi" # raised by hand so far
                }
              }
            },
          ]
        }
      }
    }
  }
}
