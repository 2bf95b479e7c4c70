terraform {
  backend "local" {}
}

# The index cannot be resized in place: a new size means a new one.
resource "terraform_data" "search" {
  triggers_replace = [var.search_memory]

  input = {
    kind = "Deployment"
    metadata = {
      name      = "search"
      namespace = "data"
    }
    spec = {
      replicas = 1
      template = {
        spec = {
          containers = [
            {
              name = "search"
              resources = {
                limits = {
                  memory = var.search_memory
                }
              }
            },
          ]
        }
      }
    }
  }
}

variable "search_memory" {
  type    = string
  default = "128Mi"
}
